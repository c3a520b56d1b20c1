import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAssembly } from '../../../src/rehearsal/assembly/assembly.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lifeboat-assembly-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, value: unknown): void => writeFileSync(join(directory, name), JSON.stringify(value));
const stack = (environment: string) => ({
  type: 'aws:cloudformation:stack',
  environment,
  properties: { templateFile: 'one.template.json' },
});

describe('reading an assembly', () => {
  it('finds each stack with its region, and the files of layers by their archive’s key', () => {
    const Layer = {
      Type: 'AWS::Lambda::LayerVersion',
      Properties: { Content: { S3Bucket: 'assets', S3Key: 'abc.zip' } },
    };
    write('manifest.json', {
      artifacts: {
        one: stack('aws://unknown-account/eu-west-1'),
        'one.assets': { type: 'cdk:asset-manifest', properties: { file: 'one.assets.json' } },
      },
    });
    write('one.template.json', { Resources: { Layer } });
    const destinations = { here: { bucketName: 'assets', objectKey: 'abc.zip' } };
    write('one.assets.json', { files: { abc: { source: { path: 'asset.abc', packaging: 'zip' }, destinations } } });
    mkdirSync(join(directory, 'asset.abc'));
    write('asset.abc/plan.json', { name: 'p' });
    expect(readAssembly(directory)).toEqual({
      stacks: [{ name: 'one', region: 'eu-west-1', template: { Resources: { Layer } } }],
      layers: { 'abc.zip': { 'plan.json': '{"name":"p"}' } },
    });
  });

  it('refuses a stack that pins no region, and a directory without stacks', () => {
    write('one.template.json', { Resources: {} });
    write('manifest.json', { artifacts: { one: stack('aws://unknown-account/unknown-region') } });
    expect(() => readAssembly(directory)).toThrow('stack one does not pin its region');
    write('manifest.json', { artifacts: {} });
    expect(() => readAssembly(directory)).toThrow('holds no stack');
  });
});
