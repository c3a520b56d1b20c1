import type { Rehearse } from '../rehearsal/rehearse-options.ts';
import type { Output } from './terminal.ts';

/** What a command stands in: tests give their own. */
export type Surroundings = {
  out: Output;
  err: Output;
  /** Where relative paths lead from. */
  directory: string;
  /** The module that exports `rehearse`, loaded when a command needs it and by each thread of a campaign. */
  rehearseModule: string;
  /** The same with real parts; only a clone of the repository has it. */
  realRehearseModule: string;
  debug: boolean;
};

export async function loadRehearse(surroundings: Surroundings, real = false): Promise<Rehearse> {
  const { rehearseModule, realRehearseModule } = surroundings;
  const module = (await import(real ? realRehearseModule : rehearseModule)) as { rehearse: Rehearse };
  return module.rehearse;
}
