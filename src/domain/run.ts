import * as z from 'zod';

/** Who or what started a run. */
export const trigger = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('operator'), by: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('alarm'), alarm: z.string() }),
  z.object({ kind: z.literal('prober'), observer: z.string() }),
]);
export type Trigger = z.infer<typeof trigger>;

/** What the failover machine carries from state to state. */
export const run = z.object({ id: z.string().min(1), startedAt: z.iso.datetime(), trigger });
export type Run = z.infer<typeof run>;

const event = z.object({ 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });
const operatorInput = z.object({ by: z.string().optional(), reason: z.string().optional() });

/** Reads the input that a run was started with: an event of a rule, or an operator's, `{}` included. */
export function triggerOf(input: unknown): Trigger {
  const asEvent = event.safeParse(input);
  if (!asEvent.success) {
    const { by, reason } = operatorInput.parse(input ?? {});
    return { kind: 'operator', by: by ?? 'an operator in the console', reason: reason ?? 'not given' };
  }
  const { detail } = asEvent.data;
  if (asEvent.data['detail-type'] === 'Site Looks Down') return { kind: 'prober', observer: String(detail.observer) };
  return { kind: 'alarm', alarm: String(detail.alarmName) };
}

/** A run that ends without a word, because it never became one. */
export const RUN_ENDINGS = ['recovered', 'held', 'dismissed', 'failed'] as const;
export type RunEnding = (typeof RUN_ENDINGS)[number];

/** The site that may write, and the number that grows each time that changes. */
export const ownership = z.object({
  owner: z.enum(['primary', 'standby']),
  epoch: z.int().min(1),
  since: z.iso.datetime(),
  /** The run that raised it; absent before the first failover. */
  run: z.string().optional(),
});
export type Ownership = z.infer<typeof ownership>;

/** Nobody has failed over yet. */
export const FIRST_OWNERSHIP: Ownership = { owner: 'primary', epoch: 1, since: '1970-01-01T00:00:00.000Z' };

/** How long a lock is believed when the run that holds it says nothing: longer than the failover machine may run. */
export const LOCK_BELIEVED_SECONDS = 5 * 3600;

export type Lock = { run: string; takenAt: string };

/** Whether a run is under way, as far as the lock tells. */
export const isUnderWay = (lock: Lock | undefined, now: Date): boolean =>
  lock !== undefined && (now.getTime() - Date.parse(lock.takenAt)) / 1000 <= LOCK_BELIEVED_SECONDS;

export type LockDecision = { kind: 'take'; replacing: Lock | undefined } | { kind: 'answer'; run: string; why: string };

/**
 * Who gets the lock. The same run asking twice gets it twice. Once the standby owns the platform, late alarms are told
 * so; an operator may still start a run, to finish what an earlier one could not.
 */
export function decideLock(asking: Run, held: Lock | undefined, owner: Ownership, now: Date): LockDecision {
  if (owner.owner === 'standby' && owner.run !== asking.id && asking.trigger.kind !== 'operator') {
    return { kind: 'answer', run: owner.run ?? 'unknown', why: 'the standby already owns this platform' };
  }
  if (held === undefined || held.run === asking.id) return { kind: 'take', replacing: held };
  if (!isUnderWay(held, now)) return { kind: 'take', replacing: held };
  return { kind: 'answer', run: held.run, why: 'a run is under way' };
}
