import type { RehearseOptions } from '../../src/rehearsal/rehearse-options.ts';
import type { Rehearsal } from '../../src/rehearsal/result.ts';
import { recovered } from './sample-rehearsals.ts';

/** A rehearsal that takes its thread with it, as running out of memory would: seed 2. */
export function rehearse({ seed }: RehearseOptions): Promise<Rehearsal> {
  if (seed === 2) process.exit(3);
  return Promise.resolve(recovered());
}
