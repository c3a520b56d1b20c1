import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const directory = mkdtempSync(join(tmpdir(), 'lifeboat-synth-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** As `npx cdk synth`, without bundling and without a network. */
function cdkSynth(plan: string, output: string) {
  const command = ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '-c', `plan=${plan}`, '-c', 'bundle=off'];
  return spawnSync(process.execPath, [...command, '--output', output], { encoding: 'utf8' });
}

describe('cdk synth', () => {
  it("finds nothing that AwsSolutions or CloudFormation's rules object to", () => {
    const output = join(directory, 'out');
    const { status, stdout, stderr } = cdkSynth('lifeboat.yaml', output);
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    const report = JSON.parse(readFileSync(join(output, 'validation-report.json'), 'utf8'));
    expect(report.pluginReports).toEqual([]);
  }, 120_000);

  it('ends with 2 and a line for each mistake when the plan is wrong', () => {
    const plan = join(directory, 'wrong.yaml');
    writeFileSync(plan, 'name: Wrong\ntiers: soon\n');
    const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ plan }), CDK_OUTDIR: join(directory, 'none') },
    });
    expect(status).toBe(2);
    expect(stderr).toContain(`${plan}:1: name: found "Wrong"`);
    expect(stderr).toContain(`${plan}:2: tiers: found "soon"`);
  });
});
