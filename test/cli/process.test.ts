import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './command-line.ts';

const shell = (command: string) =>
  spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });

describe('bin/lifeboat.js', () => {
  it('shows its help, and ends with status 0', () => {
    const { status, stdout, stderr } = shell('node bin/lifeboat.js --help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/rehearse .*\n[\s\S]*campaign /);
  });

  it('is quiet when its reader leaves', () => {
    const { stderr } = shell('node bin/lifeboat.js rehearse --help | true');
    expect(stderr).toBe('');
  });

  it('ends with status 2 and one line for a mistake in its use', () => {
    const { status, stdout, stderr } = shell('node bin/lifeboat.js rehearse --seed banana');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
