import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { lifeboat, ROOT } from './command-line.ts';

const PLAN = parse(readFileSync(join(ROOT, 'lifeboat.yaml'), 'utf8')) as Record<string, unknown>;

/** As little of a cloud assembly as carries a plan. */
function assemblyOf(plan: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-'));
  const write = (file: string, value: unknown) => writeFileSync(join(directory, file), JSON.stringify(value));
  const layer = { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Key: 'plan.zip' } } };
  mkdirSync(join(directory, 'layer'));
  write('layer/plan.json', plan);
  write('control.json', { Resources: { Plan: layer } });
  write('assets.json', {
    files: { plan: { source: { path: 'layer' }, destinations: { a: { objectKey: 'plan.zip' } } } },
  });
  write('manifest.json', {
    artifacts: {
      control: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/us-east-1',
        properties: { templateFile: 'control.json' },
      },
      assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
    },
  });
  return directory;
}

const rehearse = (assembly: string, ...more: string[]) => lifeboat(['rehearse', ...more, '--assembly', assembly]);

describe('a cloud assembly made before', () => {
  it('is refused when it is of another plan, with a field in which they differ', async () => {
    const assembly = assemblyOf({ ...PLAN, name: 'shop', posture: 'pilot' });
    const { status, out, err } = await rehearse(assembly);
    expect({ status, out, err }).toEqual({
      status: 2,
      out: '',
      err: `--assembly ${assembly}: it is of another plan: name is "shop" there, and "knative-lambda" in the plan\n`,
    });
  });

  it('is taken when it is of this plan', async () => {
    const { status, out } = await rehearse(assemblyOf(PLAN));
    expect(status).toBe(0);
    expect(out).not.toContain('The assembly was made with');
  });

  it('counts where a scenario sets something else, and that is said', async () => {
    const { out } = await rehearse(assemblyOf(PLAN), 'region-loss-approved');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'The assembly was made with decision.approval: "automatic", and that counts; the scenario sets "required".',
    );
  });

  it('is refused in one line when it cannot be read, or holds no plan', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'lifeboat-'));
    writeFileSync(join(broken, 'manifest.json'), '{');
    const { status, err } = await rehearse(broken);
    expect(status).toBe(2);
    expect(err).toMatch(/^--assembly \S+: not a cloud assembly that can be read: .*\n$/);
    const foreign = assemblyOf({});
    writeFileSync(join(foreign, 'control.json'), '{"Resources":{}}');
    expect((await rehearse(foreign)).err).toBe(
      `--assembly ${foreign}: no layer of it holds plan.json: not made by Lifeboat\n`,
    );
  });
});
