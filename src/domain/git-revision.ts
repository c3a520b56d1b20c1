import type { Plan } from '../plan/schema.ts';
import type { CapturedGit } from './captured.ts';

/**
 * Git is the source of the platform's configuration; whoever applies it keeps its revision in the cluster. Each backup
 * carries, as labels, the revision and the moment at which the cluster said so. Schedules are set hourly, so what is sure
 * of a backup is: at that moment, at most an hour before it and never after, the cluster was at that revision. A later
 * one may be in it. Two backups whose labels agree on both sides of a moment settle it.
 */
const REVISION_LABEL = 'lifeboat.dev/git-revision';
const SEEN_LABEL = 'lifeboat.dev/git-seen';

type GitPlan = Pick<NonNullable<Plan['stores']['git']>, 'kind' | 'namespace' | 'name'>;
type Status = Record<string, unknown> & { artifact?: { revision?: unknown }; sync?: { revision?: unknown } };

/** By kind: its API, and where its status tells the revision. */
const KINDS: Record<GitPlan['kind'], { apiVersion: string; revision: (status: Status) => unknown }> = {
  // https://fluxcd.io/flux/components/source/gitrepositories/#artifact
  GitRepository: { apiVersion: 'source.toolkit.fluxcd.io/v1', revision: ({ artifact }) => artifact?.revision },
  // https://fluxcd.io/flux/components/kustomize/kustomizations/#last-applied-revision
  Kustomization: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    revision: ({ lastAppliedRevision }) => lastAppliedRevision,
  },
  // https://github.com/argoproj/argo-cd/blob/master/docs/operator-manual/application.yaml
  Application: { apiVersion: 'argoproj.io/v1alpha1', revision: ({ sync }) => sync?.revision },
};

export const gitObject = ({ kind, namespace, name }: GitPlan) => ({
  apiVersion: KINDS[kind].apiVersion,
  kind,
  namespace,
  name,
});

/** The revision that the object's status tells; undefined when it is not there or tells none. */
export function revisionOf({ kind }: GitPlan, status: Status = {}): string | undefined {
  const told = KINDS[kind].revision(status);
  return typeof told === 'string' && told !== '' ? bare(told) : undefined;
}

/**
 * The commit alone: Flux writes main@sha1:… and, before, main/…; in a label no @, : or / may stand, and no more than 63
 * characters. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
function bare(revision: string): string {
  const commit = /(?:^|[:/])([0-9a-f]{40,64})$/.exec(revision)?.[1];
  const text = (commit ?? revision).replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 63);
  return text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

export const revisionLabels = (revision: string, seen: Date): Record<string, string> => ({
  [REVISION_LABEL]: revision,
  [SEEN_LABEL]: seen.toISOString().slice(0, 19).replaceAll(':', '.'),
});

/** A revision that a backup holds, or a later one, and when it was seen. */
export type LabelledRevision = { revision: string; seenAt: string };

/** What a backup's labels tell; undefined where they tell nothing that can be read. */
export function labelledRevision(labels: Record<string, string>): LabelledRevision | undefined {
  const { [REVISION_LABEL]: revision, [SEEN_LABEL]: seen = '' } = labels;
  const at = new Date(`${seen.replaceAll('.', ':')}Z`);
  return revision === undefined || Number.isNaN(at.getTime()) ? undefined : { revision, seenAt: at.toISOString() };
}

/** Until when the primary is known to have been at a revision. */
export const inStepUntil = ({ history }: CapturedGit, revision: string): string | undefined =>
  history.findLast((held) => held.revision === revision)?.until;

type SeenRevisions = { primary: string | null; standby: string | null };

/**
 * Whether the standby has fallen behind: it is where the primary neither is nor was an hour ago. Closer than that the two
 * follow Git each at its own pace. A standby that tells no revision follows none; nothing is said of it.
 */
export function gitDrift(before: SeenRevisions | undefined, { primary, standby }: SeenRevisions): string[] {
  if (primary === null || standby === null || [primary, before?.primary].includes(standby)) return [];
  return [`the standby is at Git revision ${standby}, the primary at ${primary}`];
}

/** How long it is remembered which revision the primary was at. */
const REMEMBERED_DAYS = 90;

/** What was seen before, and now; a revision that is still the same goes on. */
export function withRevisions(before: CapturedGit | undefined, seen: SeenRevisions, now: Date): CapturedGit {
  const capturedAt = now.toISOString();
  const since = now.getTime() - REMEMBERED_DAYS * 86_400_000;
  const kept = (before?.history ?? []).filter(({ until }) => Date.parse(until) >= since);
  const last = kept.at(-1);
  if (seen.primary === null) return { capturedAt, ...seen, history: kept };
  const goesOn = last?.revision === seen.primary;
  const current = { revision: seen.primary, from: goesOn ? last.from : capturedAt, until: capturedAt };
  return { capturedAt, ...seen, history: [...(goesOn ? kept.slice(0, -1) : kept), current] };
}
