import type { Invocation, Invocations } from './invocations.ts';
import { PHASES, type Phase } from './result.ts';

/**
 * How the time from the fault to the last tier's first answered request divides into phases: each ends when the
 * machine leaves it for good on the path that led to that tier. Seconds; they sum to the whole.
 */
export function criticalPath(
  invocations: Invocations,
  run: string,
  faultAt: number,
  lastTier: string,
  servedAt: number,
): Record<Phase, number> {
  const ended = (folder: string, tier?: string): number | undefined =>
    last(of(invocations, run, folder, tier))?.endedAt;
  const ends: Record<Phase, number | undefined> = {
    detect: ended('confirm-loss'),
    decide:
      ended('ask-approval') === undefined
        ? ended('choose-recovery-points')
        : of(invocations, run, 'raise-epoch')[0]?.startedAt,
    fence: ended('raise-epoch'),
    prepare: latest(ended('protect-cluster'), ended('sync-backups'), ended('check-images'), ended('reserve-capacity')),
    recover: latest(ended('restore-tier', lastTier), ended('bind-entry-points', lastTier)),
    validate: latest(ended('prove-tier', lastTier), ended('check-tier', lastTier)),
    shift: servedAt,
  };
  const phases = {} as Record<Phase, number>;
  let from = faultAt;
  for (const phase of PHASES) {
    const to = Math.min(servedAt, Math.max(from, ends[phase] ?? from));
    phases[phase] = Math.round((phase === 'shift' ? servedAt : to) / 1000) - Math.round(from / 1000);
    from = to;
  }
  return phases;
}

/** The calls of one function for one run, and one tier where it is given. */
export const of = (invocations: Invocations, run: string, folder: string, tier?: string): Invocation[] =>
  invocations
    .of(folder)
    .filter(({ input }) => (input?.run?.id ?? input?.runId) === run && input?.release === undefined)
    .filter(({ input }) => tier === undefined || (input?.point?.tier === tier && (input?.part ?? 'tier') === 'tier'));

const last = <T>(list: T[]): T | undefined => list.at(-1);
const latest = (...times: (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};
