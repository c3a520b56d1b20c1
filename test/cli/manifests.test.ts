import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BadInput } from '../../src/rehearsal/bad-input.ts';
import { platformOf } from '../../src/rehearsal/platform.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan, input } = planOf(SMALL_PLAN);
const { region } = plan.sites.primary;

function exported(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function problemsOf(files: Record<string, string>): readonly string[] {
  try {
    platformOf(plan, input, exported(files));
  } catch (error) {
    if (error instanceof BadInput) return error.problems;
    throw error;
  }
  return [];
}

const pod = (name: string, image: string) =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\nspec: { containers: [{ name: a, image: '${image}' }] }\n`;

describe('manifests of your own', () => {
  it.each([
    ['what is not YAML', { 'a.yaml': 'a: [\nb: }' }, /a\.yaml:2: found text that is not YAML/],
    ['what is not text', { 'a.yaml': '\u0000\u0001' }, /a\.yaml:1: found text that is not UTF-8/],
    ['what is no object', { 'a.yaml': 'just text' }, /a\.yaml:1: found "just text", allowed: a Kubernetes object/],
    ['a directory without any', { 'read.me': 'hello' }, /: found no objects, allowed: at least one Kubernetes object/],
  ])('are refused in one line: %s', (_, files, line) => {
    expect(problemsOf(files as Record<string, string>)).toEqual([expect.stringMatching(line)]);
  });

  it('have most of their images in the account that they run in, which is the twin’s own here', () => {
    const image = (account: string) => `${account}.dkr.ecr.${region}.amazonaws.com/shop/web:1`;
    const files = {
      'a.yaml': [
        pod('a', image('444455556666')),
        pod('b', image('444455556666')),
        pod('c', image('999988887777')),
      ].join(''),
    };
    const { objects, said, plan: adapted } = platformOf(plan, input, exported(files));
    expect(JSON.stringify(objects).match(/\d{12}(?=\.dkr)/g)).toEqual(['111122223333', '111122223333', '999988887777']);
    expect(said).toContain("Account 444455556666 is taken to be the plan's own, and is 111122223333 here.");
    expect(said).toContain(
      `Nothing copies 999988887777.dkr.ecr.${region}.amazonaws.com/shop/web to the standby: it is another account's.`,
    );
    expect(adapted.stores.images.repositories).toContain('shop/');
  });

  it('may have nothing that is reached from outside, and that is said', () => {
    const { plan: adapted, said } = platformOf(plan, input, exported({ 'a.yaml': pod('a', 'nginx:1') }));
    expect(adapted.entryPoints).toEqual([]);
    expect(said.join('\n')).toContain('There is no entry point: ');
  });
});
