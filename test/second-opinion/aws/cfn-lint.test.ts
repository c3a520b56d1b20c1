import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { assemble } from '../../infra/assembly.ts';
import { PYTHON } from './moto.ts';

/** The command that pip makes names the folder that the environment was made in. */
const MAIN = 'import sys; from cfnlint.runner import main; sys.exit(main())';

/** E3601 takes every machine for JSONPath, and finds that what is JSONata is none. */
const IGNORED = ['E3601'];

it('cfn-lint finds no error and no warning in the templates that are deployed', () => {
  const { templates, environments } = assemble();
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-cfn-lint-'));
  try {
    const findings = Object.entries(templates).map(([name, template]) => {
      const file = join(folder, `${name}.template.json`);
      writeFileSync(file, JSON.stringify(template, null, 1));
      const region = environments[name]?.split('/').at(-1) ?? '';
      const options = ['--regions', region, '--ignore-checks', 'I', ...IGNORED, '--format', 'parseable'];
      const { status, stdout, stderr } = spawnSync(
        process.env[PYTHON] ?? 'python3',
        ['-c', MAIN, '--template', file, ...options],
        { encoding: 'utf8' },
      );
      return { name, status, stdout, stderr };
    });
    expect(findings).toEqual(findings.map(({ name }) => ({ name, status: 0, stdout: '', stderr: '' })));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
