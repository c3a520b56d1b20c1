import { describe, expect, it } from '@jest/globals';
import { Random } from '../../src/rehearsal/kernel/random.ts';
import { type Mutation, type MutationKind, mutationsOf } from './assembly-mutations.ts';
import { assemblyCopy, complaints, runChanged } from './scene.ts';

/** How many of each kind: all together would cost minutes. `node bench/mutations.ts` takes every one. */
const SAMPLE: Partial<Record<MutationKind, number>> = {
  'IAM statement removed': 38,
  'environment variable renamed': 18,
  'detail-type changed': 5,
};

const all = mutationsOf(assemblyCopy());
const sample = Object.entries(SAMPLE).flatMap(([kind, count]) =>
  drawn(
    all.filter((mutation) => mutation.kind === kind),
    count,
  ),
);

function drawn(mutations: Mutation[], count: number): Mutation[] {
  const random = new Random('mutations');
  const left = [...mutations];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.below(left.length), 1)).flat();
}

async function isNoticed({ apply }: Mutation): Promise<boolean> {
  const assembly = assemblyCopy();
  apply(assembly);
  return complaints(await runChanged(assembly)) !== '';
}

describe(`a region loss, with ${sample.length} single mistakes in the assembly drawn from ${all.length}`, () => {
  it('alone notices at least half of them', async () => {
    const unnoticed: string[] = [];
    for (const mutation of sample) if (!(await isNoticed(mutation))) unnoticed.push(mutation.what);
    expect(sample.length).toBeGreaterThanOrEqual(60);
    expect(unnoticed.length).toBeLessThanOrEqual(sample.length / 2);
  }, 300_000);
});
