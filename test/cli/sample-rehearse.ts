import { BadInput } from '../../src/rehearsal/bad-input.ts';
import { NotSimulated } from '../../src/rehearsal/kernel/not-simulated.ts';
import type { RehearseOptions } from '../../src/rehearsal/rehearse-options.ts';
import type { Rehearsal } from '../../src/rehearsal/result.ts';
import { brokenInvariant, failedExpectation, held, progressOf, recovered } from './sample-rehearsals.ts';

/**
 * Stands for `rehearse` where only the command line is tested. The seed says which sample comes back: 1 and
 * most others as the scenario expects, 13 a broken invariant, 14 a missed promise, 15 to 17 no result at all.
 */
export async function rehearse({ scenario, seed, repeat, progress }: RehearseOptions): Promise<Rehearsal> {
  if (seed === 15) throw new NotSimulated('ec2:RunInstances');
  if (seed === 16) throw new BadInput('manifests/a.yaml:3: found text that is not YAML', 'manifests/b.yaml: is empty');
  if (seed === 17) throw new TypeError('cannot read\nproperties of undefined');
  const sample = sampleFor(seed, scenario.expect.outcome);
  const rehearsal: Rehearsal = {
    ...sample,
    summary: { ...sample.summary, scenario: scenario.name, seed, digest: digestOf(scenario.name, seed) },
    interleaving: String(seed % 7),
    repeat,
  };
  if (progress) for (const event of progressOf(rehearsal)) progress.onStep(event);
  return rehearsal;
}

function sampleFor(seed: number, outcome: string | undefined): Rehearsal {
  if (seed === 13) return brokenInvariant();
  if (seed === 14) return failedExpectation();
  return outcome === 'held' ? held() : recovered();
}

const digestOf = (name: string, seed: number): string => Buffer.from(`${name}/${seed}`).toString('hex').padEnd(64, '0');
