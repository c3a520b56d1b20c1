import type { Plan, PlanInput } from '../plan/schema.ts';
import type { Progress } from './progress.ts';
import type { Rehearsal } from './result.ts';
import type { Scenario } from './scenario-schema.ts';

/** All that one rehearsal is made of, besides the repository itself. */
export type RehearseOptions = {
  scenario: Scenario;
  seed: number;
  /**
   * The plan with the scenario's `set` applied, as it is used and as it is written. In a thread that rehearses
   * many times it is one object for all rehearsals of one plan: what was synthesized from it can be kept with it.
   */
  plan: Plan;
  planInput: PlanInput;
  /** A directory of manifests in place of the plan's workloads; absolute. */
  workloads?: string;
  /** A cloud assembly made before; absolute. Without it, one is synthesized. */
  assembly?: string;
  /** The command that repeats it, for `Rehearsal.repeat`. */
  repeat: string;
  progress?: Progress;
};

/**
 * Runs one scenario. Rejects with BadInput when something given cannot be used, with NotSimulated when the twin
 * does not know something; what the product does wrong is a result, not a rejection.
 */
export type Rehearse = (options: RehearseOptions) => Promise<Rehearsal>;
