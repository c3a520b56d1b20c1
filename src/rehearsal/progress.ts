import type { Phase } from './result.ts';

/**
 * What a rehearsal tells while it runs, in order of virtual time; `at` is in milliseconds since 1970, virtual.
 * Exactly one `begun` comes first. It names the faults; no mark need repeat them.
 */
export type ProgressEvent =
  | {
      kind: 'begun';
      at: number;
      scenario: string;
      seed: number;
      faults: { at: number; text: string }[];
      /** When the primary is taken away, where a fault does that: the clock counts from it, else from the first fault. */
      lossAt?: number;
    }
  | { kind: 'started'; at: number; phase: Phase; step: string; waitsOn?: string }
  | { kind: 'waiting'; at: number; step: string; on: string }
  | { kind: 'ended'; at: number; phase: Phase; step: string; failed?: string }
  | { kind: 'mark'; at: number; what: string; detail?: string };

/** Listens to a rehearsal. It must change nothing: a rehearsal that is watched is the same rehearsal. */
export type Progress = { onStep(event: ProgressEvent): void };
