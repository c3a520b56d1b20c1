import { createHash } from 'node:crypto';
import { LIFEBOAT_NAMESPACE, type Manifest, MODIFIERS_CONFIG_MAP, VELERO_NAMESPACE, veleroJob } from './velero.ts';

/**
 * What a restore brings back. First what is the cluster's, which every tier may need: kinds, roles, classes. Then each
 * tier's own. The admission webhooks last of all, once what answers them runs: a webhook without its pods refuses
 * every object that is restored after it. https://github.com/velero-io/velero/issues/2443
 */
export const RESTORE_PARTS = ['cluster', 'tier', 'admission'] as const;
export type RestorePart = (typeof RESTORE_PARTS)[number];

const ADMISSION_KINDS = [
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
];
/** Translated, never restored: the standby has its own entry points and storage classes. */
export const TRANSLATED_KINDS = ['ingresses.networking.k8s.io', 'storageclasses.storage.k8s.io'];

export type RestoreRequest = { run: string; tier: string; part: RestorePart; backup: string; namespaces: string[] };

export const RUN_LABEL = 'lifeboat.dev/run';
export const TIER_LABEL = 'lifeboat.dev/tier';

/** Names of objects and values of labels are at most 63 characters; a run's id is cut, and told apart by its digest. */
const RUN_CHARACTERS = 13;
const DIGEST_CHARACTERS = 6;
const RESTORE_LIMIT_SECONDS = 45 * 60;
/** A restore that waits for one that never ends its turn goes on after this. */
const TURN_LIMIT_SECONDS = 45 * 60;

/**
 * Volumes come with their claims. Restored by themselves, those of other tiers would come back as they were, with the
 * lost region's disks behind them, and the other tiers' claims would bind to them. Addresses come with their Services:
 * the API server takes any other away.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/service/ipallocator/controller/repairip.go
 */
const NOT_BY_THEMSELVES = ['persistentvolumes', 'ipaddresses.networking.k8s.io'];

/** A run's id as part of a Kubernetes name. */
export function runLabel(id: string): string {
  const start = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, RUN_CHARACTERS)
    .replace(/^-|-$/g, '');
  return `${start || 'run'}-${createHash('sha256').update(id).digest('hex').slice(0, DIGEST_CHARACTERS)}`;
}

export const restoreName = ({ run, tier, part }: Pick<RestoreRequest, 'run' | 'tier' | 'part'>): string =>
  part === 'tier' ? `${runLabel(run)}-tier-${tier}` : `${runLabel(run)}-${part}`;

/** A namespace that no backup holds: where only what is the cluster's is wanted, this one is asked for. */
const NO_NAMESPACE = LIFEBOAT_NAMESPACE;

const FLAGS: Record<RestorePart, (request: RestoreRequest) => string[]> = {
  cluster: () => [
    `--include-namespaces=${NO_NAMESPACE}`,
    '--include-cluster-resources=true',
    `--exclude-resources=${[...TRANSLATED_KINDS, ...ADMISSION_KINDS, ...NOT_BY_THEMSELVES].join(',')}`,
  ],
  tier: ({ namespaces }) => [
    `--include-namespaces=${namespaces.join(',')}`,
    `--exclude-resources=${[...TRANSLATED_KINDS, ...ADMISSION_KINDS].join(',')}`,
  ],
  admission: () => [`--include-resources=${ADMISSION_KINDS.join(',')}`, '--include-cluster-resources=true'],
};

/** The job that submits a restore. @param image Velero's */
export function restoreJob(request: RestoreRequest, image: string): Manifest {
  const name = restoreName(request);
  return veleroJob(`restore-${name}`, image, [
    'restore',
    'create',
    name,
    `--from-backup=${request.backup}`,
    `--namespace=${VELERO_NAMESPACE}`,
    `--labels=${RUN_LABEL}=${runLabel(request.run)},${TIER_LABEL}=${request.tier}`,
    `--resource-modifier-configmap=${MODIFIERS_CONFIG_MAP}`,
    ...FLAGS[request.part](request),
  ]);
}

/** The only phases in which Velero has ended a restore; FinalizingPartiallyFailed, for one, is none. */
const ENDED = new Set(['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation']);
export const hasEnded = (phase: string | undefined): boolean => phase !== undefined && ENDED.has(phase);

/** What is seen of a restore in the cluster. */
export type RestoreStatus = {
  phase?: string;
  progress?: { totalItems?: number; itemsRestored?: number };
  errors?: number;
  warnings?: number;
  failureReason?: string;
  validationErrors?: string[];
};

export type RestoreFacts = {
  /** Undefined while there is no such restore. */
  restore: RestoreStatus | undefined;
  /** The job that was to submit it, when there is one. */
  jobFailed: boolean;
  jobExists: boolean;
  /** Earlier tiers whose restore has not ended, first one first. */
  waitingFor: string[];
  /** Since its turn was first asked for. */
  waitedSeconds: number;
  /** Since its job was made. */
  runningSeconds: number;
};

export type RestoreDecision =
  | { kind: 'wait'; reason: string }
  | { kind: 'submit' }
  | { kind: 'completed'; items: number; warnings: number }
  | { kind: 'failed'; reason: string };

/** What to do about a restore next. Velero runs one at a time; ours are submitted in the order of tiers. */
export function decideRestore(facts: RestoreFacts): RestoreDecision {
  const { restore, waitedSeconds, runningSeconds } = facts;
  if (restore !== undefined) return ongoing(restore, runningSeconds);
  if (facts.jobFailed) return { kind: 'failed', reason: 'the job that submits it failed' };
  if (facts.jobExists) {
    if (runningSeconds > RESTORE_LIMIT_SECONDS) return { kind: 'failed', reason: 'its job did not run in time' };
    return { kind: 'wait', reason: 'its job to run' };
  }
  const turn = facts.waitingFor[0];
  if (turn !== undefined && waitedSeconds < TURN_LIMIT_SECONDS)
    return { kind: 'wait', reason: `the restore of tier ${turn}` };
  return { kind: 'submit' };
}

function ongoing(restore: RestoreStatus, runningSeconds: number): RestoreDecision {
  const { phase, progress, errors = 0, warnings = 0 } = restore;
  if (phase === 'Completed') return { kind: 'completed', items: progress?.itemsRestored ?? 0, warnings };
  if (hasEnded(phase)) {
    const why = [
      restore.failureReason,
      ...(restore.validationErrors ?? []),
      errors > 0 ? `${errors} errors` : undefined,
    ];
    return { kind: 'failed', reason: `Velero says ${phase}: ${why.filter(Boolean).join('; ') || 'no reason given'}` };
  }
  const seen = progress?.totalItems
    ? `${progress.itemsRestored ?? 0} of ${progress.totalItems} objects`
    : (phase ?? 'not begun');
  if (runningSeconds > RESTORE_LIMIT_SECONDS)
    return { kind: 'failed', reason: `not ended after ${RESTORE_LIMIT_SECONDS / 60} min: ${seen}` };
  return { kind: 'wait', reason: seen };
}
