import * as z from 'zod';
import type { Plan } from '../plan/schema.ts';
import type { Trigger } from './run.ts';

export const verdict = z.enum(['up', 'down', 'unknown']);
export type Verdict = z.infer<typeof verdict>;

/** What one observer says of one site. */
export const signal = z.object({
  site: z.enum(['primary', 'standby']),
  /** control, witness, or route53/<entry point>. */
  observer: z.string().min(1),
  verdict,
  /** Failures in a row. */
  failures: z.int().min(0),
  /** When the first of those failures was, or when it was first seen up again. */
  since: z.iso.datetime(),
  /** When this was said. */
  at: z.iso.datetime(),
  /** When a site that looks down was last announced. */
  announcedAt: z.iso.datetime().optional(),
});
export type Signal = z.infer<typeof signal>;

/** One look at a site: whether anything of it answered. */
export type Look = { answered: boolean; at: Date };

/** A prober's word goes stale after this many intervals without a new one: missing data is unknown, not down. */
const STALE_INTERVALS = 3;
/** An alarm speaks only when it changes: its "up" is believed this long, its "down" longer, since a later look ends it. */
const ALARM_UP_BELIEVED_SECONDS = 180;
const ALARM_DOWN_BELIEVED_SECONDS = 900;
/** A site that stays down is announced again this often, so that a lost announcement costs minutes, not the failover. */
const ANNOUNCE_AGAIN_SECONDS = 300;

/**
 * Whether anything tells from outside whether the primary lives. Without an entry point no observer has a word on it,
 * neither up nor down: silence from nothing is no loss, and only an operator can start a failover.
 */
export const canBeSeen = ({ entryPoints }: Pick<Plan, 'entryPoints'>): boolean => entryPoints.length > 0;

/** An observer's next word after one more look. Hysteresis: as many failures in a row as the plan wants make it down. */
export function nextSignal(
  before: Signal | undefined,
  observer: string,
  look: Look,
  detection: Plan['detection'],
): Signal {
  const at = look.at.toISOString();
  const base = { site: 'primary' as const, observer, at };
  if (look.answered) {
    const since = before?.verdict === 'up' && before.failures === 0 ? before.since : at;
    return { ...base, verdict: 'up', failures: 0, since };
  }
  // After a long pause failures are no longer in a row.
  const paused = before !== undefined && look.at.getTime() - Date.parse(before.at) > staleAfter(detection) * 1000;
  const failures = (paused ? 0 : (before?.failures ?? 0)) + 1;
  const since = before !== undefined && failures > 1 ? before.since : at;
  const said = failures >= detection.failures ? 'down' : paused ? 'unknown' : (before?.verdict ?? 'unknown');
  return {
    ...base,
    verdict: said,
    failures,
    since,
    ...(before?.announcedAt && failures > 1 && { announcedAt: before.announcedAt }),
  };
}

/** Whether this word starts a run: when it becomes down, and again now and then while it stays so. */
export function shouldAnnounce(word: Signal, now: Date): boolean {
  if (word.verdict !== 'down') return false;
  return (
    word.announcedAt === undefined || now.getTime() - Date.parse(word.announcedAt) >= ANNOUNCE_AGAIN_SECONDS * 1000
  );
}

/** Whether something seems wrong, so that it is worth looking again soon; what has long been down is no news. */
export function looksWrong(word: Signal, detection: Plan['detection']): boolean {
  return word.failures > 0 && Date.parse(word.at) - Date.parse(word.since) < detection.giveUp * 1000;
}

export type Vote = { observer: string; verdict: Verdict; since: Date; at: Date };

/** One vote an observer: the alarms of all entry points are together one observer, Route 53. */
export function votes(signals: Signal[], detection: Plan['detection'], now: Date): Vote[] {
  const probers = signals.filter((word) => !word.observer.startsWith('route53/'));
  const alarms = signals.filter((word) => word.observer.startsWith('route53/'));
  const cast = probers.map((word) => vote(word, staleAfter(detection), now));
  if (alarms.length > 0) cast.push(alarmsVote(alarms, now));
  return cast;
}

const staleAfter = (detection: Plan['detection']): number => STALE_INTERVALS * detection.interval;

function vote(word: Signal, believedSeconds: number, now: Date): Vote {
  const age = (now.getTime() - Date.parse(word.at)) / 1000;
  return {
    observer: word.observer,
    verdict: age > believedSeconds ? 'unknown' : word.verdict,
    since: new Date(word.since),
    at: new Date(word.at),
  };
}

function alarmsVote(alarms: Signal[], now: Date): Vote {
  const cast = alarms.map((word) =>
    vote(word, word.verdict === 'up' ? ALARM_UP_BELIEVED_SECONDS : ALARM_DOWN_BELIEVED_SECONDS, now),
  );
  const said = (wanted: Verdict) => cast.filter((one) => one.verdict === wanted);
  const since = new Date(Math.max(...cast.map((one) => one.since.getTime())));
  const at = now; // It watches all the time, and says so only when something changes.
  if (said('up').length > 0) return { observer: 'route53', verdict: 'up', since, at };
  return { observer: 'route53', verdict: said('down').length > 0 ? 'down' : 'unknown', since, at };
}

/** What is known of the standby before anything is moved to it. */
export type StandbyFacts = { usable: boolean; problem: string };

export type LossDecision =
  | { kind: 'confirmed'; lostSince: string; reason: string }
  | { kind: 'wait'; reason: string }
  | { kind: 'dismissed'; reason: string }
  | { kind: 'held'; reason: string };

/**
 * For how long that many observers have all seen it down: from when the last of them began to, until each last looked.
 * The group that agrees longest counts, so that one who has long been blind neither adds to it nor holds it up.
 */
function agreedSeconds(down: Vote[], wanted: number): number {
  const agreed = groupsOf(down, wanted).map((group) => {
    const since = Math.max(...group.map((one) => one.since.getTime()));
    const until = Math.min(...group.map((one) => one.at.getTime()));
    return (until - since) / 1000;
  });
  return Math.max(0, ...agreed);
}

/** Every choice of so many; observers are a handful. */
function groupsOf(all: Vote[], size: number): Vote[][] {
  if (size === 0) return [[]];
  return all.flatMap((one, index) => groupsOf(all.slice(index + 1), size - 1).map((rest) => [one, ...rest]));
}

export type LossFacts = { trigger: Trigger; startedAt: Date; signals: Signal[]; standby: StandbyFacts; now: Date };

/**
 * Whether the primary is lost: enough observers say down, none says up, for as long as the hold-down wants; or an
 * operator says so. Whatever the primary's state, a standby that is not usable holds the run.
 */
export function decideLoss(facts: LossFacts, detection: Plan['detection']): LossDecision {
  const lost = primaryLost(facts, detection);
  if (lost.kind !== 'confirmed' || facts.standby.usable) return lost;
  const waited = (facts.now.getTime() - facts.startedAt.getTime()) / 1000;
  const reason = `the primary is lost, but the standby cannot take over: ${facts.standby.problem}`;
  return waited >= detection.giveUp ? { kind: 'held', reason } : { kind: 'wait', reason };
}

function primaryLost(facts: LossFacts, detection: Plan['detection']): LossDecision {
  const { trigger, startedAt, now } = facts;
  if (trigger.kind === 'operator') {
    return {
      kind: 'confirmed',
      lostSince: startedAt.toISOString(),
      reason: `${trigger.by} says so: ${trigger.reason}`,
    };
  }
  const cast = votes(facts.signals, detection, now);
  const down = cast.filter((one) => one.verdict === 'down');
  const firstDown = down.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...down.map((one) => one.since.getTime()));
  // Who last looked before the others saw it fail says nothing about now.
  const up = cast.filter((one) => one.verdict === 'up' && one.at.getTime() >= firstDown);
  const tally = cast.map((one) => `${one.observer} says ${one.verdict}`).join(', ') || 'nobody says anything';
  if (up.length > 0 && down.length === 0) return { kind: 'dismissed', reason: tally };
  if (up.length > 0 || down.length < detection.downVotes) {
    const waited = (now.getTime() - startedAt.getTime()) / 1000;
    const reason = `${tally}; ${detection.downVotes} must say down and none up`;
    return waited >= detection.giveUp ? { kind: 'dismissed', reason } : { kind: 'wait', reason };
  }
  const downFor = agreedSeconds(down, detection.downVotes);
  if (downFor < detection.holdDown) {
    return {
      kind: 'wait',
      reason: `down for ${Math.floor(downFor)} s of the ${detection.holdDown} s that it must stay down`,
    };
  }
  return { kind: 'confirmed', lostSince: new Date(firstDown).toISOString(), reason: tally };
}
