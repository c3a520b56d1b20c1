import type { RehearseOptions } from './rehearse-options.ts';
import type { InvariantResult } from './result.ts';

/** One scenario of a campaign, ready to run with any seed. */
export type CampaignScenario = { name: string; options: Omit<RehearseOptions, 'seed' | 'repeat' | 'progress'> };

/** What a thread is given when it starts, and what it then does one at a time. */
export type CampaignThread = { rehearseModule: string; scenarios: CampaignScenario[] };
export type CampaignTask = { index: number; scenario: number; seed: number; repeat: string };

/** What is kept of one rehearsal: little, for there are thousands. */
export type CampaignRun = CampaignTask & {
  digest: string;
  interleaving: string;
  /** Names of those chosen. */
  recoveryPoints: string[];
  rtoSeconds: number | null;
  /** The true loss of the store that lost most. */
  lossSeconds: number | null;
  holds: boolean;
  broken: InvariantResult[];
  problems: string[];
};

/** A run that gave no result. */
export const brokenOff = (task: CampaignTask, problem: string): CampaignRun => ({
  ...task,
  digest: '',
  interleaving: '',
  recoveryPoints: [],
  rtoSeconds: null,
  lossSeconds: null,
  holds: false,
  broken: [],
  problems: [problem],
});
