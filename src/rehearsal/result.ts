export type Outcome = 'recovered' | 'held' | 'aborted' | 'failed' | 'none';

/** The parts of the critical path, in order. */
export const PHASES = ['detect', 'decide', 'fence', 'prepare', 'recover', 'validate', 'shift'] as const;
export type Phase = (typeof PHASES)[number];

export type TierResult = {
  tier: string;
  /** From the fault to the tier's first request answered by the standby, as the twin's clients saw it; null when none was. */
  rtoSeconds: number | null;
  rtoTargetSeconds: number;
  /** The true loss of the tier's worst store. */
  rpoSeconds: number | null;
  rpoTargetSeconds: number;
};

export type StoreResult = {
  store: string;
  /** Name of the recovery point that was restored, or null. */
  recoveryPoint: string | null;
  /** What Lifeboat's own report says. */
  reportedLossSeconds: number | null;
  /** What the twin counted. */
  trueLossSeconds: number | null;
};

export type InvariantResult = { id: string; held: boolean; detail: string };

export type CallCounts = { total: number; denied: number; primaryRegion: number; usEast1ControlPlane: number };

/** `lifeboat rehearse --json`, exactly. */
export type RehearsalSummary = {
  scenario: string;
  seed: number;
  outcome: Outcome;
  expected: boolean;
  rtoSeconds: number | null;
  phases: Record<Phase, number> | null;
  tiers: TierResult[];
  stores: StoreResult[];
  invariants: InvariantResult[];
  calls: CallCounts;
  transitions: number;
  virtualSeconds: number;
  wallMs: number;
  /** SHA-256 of the transcript and of this summary without wallMs. */
  digest: string;
};

/** Something that took time, on the timeline: a state of the machine, a function, a restore. */
export type Step = {
  /** The state's name in words, with the tier where it is of one: `Restore tier critical`. */
  name: string;
  phase: Phase;
  tier?: string;
  /** Milliseconds since 1970, virtual. */
  startedAt: number;
  endedAt: number;
  /** What it waited on, in words. */
  detail?: string;
};

export type TimelineMark = { at: number; what: string; detail?: string };

/** Everything that a report shows. */
export type Rehearsal = {
  summary: RehearsalSummary;
  /** Why `expected` is false, or why it could not go on; a sentence each. */
  problems: string[];
  /** The command that repeats it. */
  repeat: string;
  /** Of which its times are: the twin's, or the world's where Kubernetes, Velero and S3 really ran. */
  time: 'virtual' | 'real';
  /** The plan's name and the roles of regions. */
  plan: { name: string; primary: string; standby: string; control: string; witness: string | null };
  startedAt: number;
  /** When the first fault struck; null on a calm day. */
  faultAt: number | null;
  faults: { at: number; text: string }[];
  steps: Step[];
  marks: TimelineMark[];
  /** Recovery points considered, newest first, with the verdict and why. */
  recoveryPoints: { name: string; moment: number; verdict: string; chosen: boolean; reason: string }[];
  /** Notes for people: what could not be mapped, what was left out. */
  notes: string[];
  /** SHA-256 of the order of events without their times: two runs of one interleaving differ in moments alone. */
  interleaving: string;
  /** Lifeboat's own report, as it was stored. */
  report: unknown;
};
