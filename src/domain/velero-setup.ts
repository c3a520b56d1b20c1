import type { Plan } from '../plan/schema.ts';
import { type FoundVelero, judgeVelero, upgradeProblem } from './velero-version.ts';

/** How far one of our jobs is: `missing` when there is none. */
export type JobState = 'missing' | 'running' | 'done' | 'failed';

export type VeleroFacts = {
  /** Undefined when no server is there. */
  found: FoundVelero | undefined;
  ready: boolean;
  /** The job that installs. */
  install: JobState;
  /** The job that raises the kinds to our version, ahead of the server. */
  raise: JobState;
  /** Backups and restores in progress: a server that starts anew fails them. */
  busy: number;
  /** How the plan has the bytes of volumes taken. */
  volumes: Plan['stores']['backups']['volumes'];
  /** What the plan says of a Velero that is too old. */
  mayUpgrade: boolean;
};

export type VeleroStep =
  | { kind: 'serves'; findings: string[] }
  | { kind: 'wait'; waitingFor: string }
  | { kind: 'install' }
  /** A job that ended without what it is for is made anew. */
  | { kind: 'clear'; job: 'install' | 'raise' }
  | { kind: 'raise kinds' }
  /** The old server and its agents go; the next step installs ours. */
  | { kind: 'replace' }
  /** The reason begins with what runs there. */
  | { kind: 'refuse'; reason: string };

/**
 * What brings a cluster's Velero one step further. One that is too old is replaced, not patched: an old server's
 * arguments, credentials and plugins are what a new one fails by. First the kinds, by a job of the new image, which shows
 * that the image can be had while the old server still serves; then, between two backups, the server and its agents.
 * https://github.com/velero-io/velero/pull/9132
 */
export function nextVeleroStep(facts: VeleroFacts): VeleroStep {
  const { found, install } = facts;
  if (found === undefined) {
    if (install === 'missing') return { kind: 'install' };
    return install === 'running'
      ? { kind: 'wait', waitingFor: 'Velero to be installed' }
      : { kind: 'clear', job: 'install' };
  }
  const { usable, findings } = judgeVelero(found, facts.volumes);
  if (usable) return facts.ready ? { kind: 'serves', findings } : { kind: 'wait', waitingFor: 'Velero to start' };
  return upgrade(facts, found, findings);
}

function upgrade({ raise, busy, mayUpgrade }: VeleroFacts, found: FoundVelero, findings: string[]): VeleroStep {
  const judged = `${found.image}: ${findings.join('; ')}`;
  const problem = upgradeProblem(found);
  if (problem !== undefined) return { kind: 'refuse', reason: `${judged}. ${problem}` };
  if (!mayUpgrade)
    return { kind: 'refuse', reason: `${judged}. With velero.upgrade: true in the plan, Lifeboat replaces it` };
  if (raise === 'missing') return { kind: 'raise kinds' };
  if (raise === 'failed') return { kind: 'clear', job: 'raise' };
  if (raise === 'running') return { kind: 'wait', waitingFor: "Velero's kinds to be raised" };
  return busy === 0 ? { kind: 'replace' } : { kind: 'wait', waitingFor: `${busy} backups or restores to end` };
}
