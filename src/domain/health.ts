import type { Workload } from '../plan/schema.ts';

/** What is seen of a Deployment or StatefulSet. */
export type WorkloadStatus = {
  kind: 'Deployment' | 'StatefulSet';
  namespace: string;
  name: string;
  wanted: number;
  ready: number;
};
export type ClaimStatus = {
  namespace: string;
  name: string;
  phase: string;
  /** Whether a pod mounts it. */
  mounted: boolean;
  /** Whether its class makes a volume only for the first pod that mounts it. */
  waitsForConsumer: boolean;
};
export type EntryPointStatus = { name: string; healthyTargets: number; targets: number };
/** A check of the plan's that was tried: an HTTP answer, a metric. */
export type CheckResult = { name: string; passed: boolean; found: string };

export type HealthFacts = {
  readyNodes: number;
  workloads: WorkloadStatus[];
  claims: ClaimStatus[];
  entryPoints: EntryPointStatus[];
  checks: CheckResult[];
  waitedSeconds: number;
};

export type HealthDecision =
  | { kind: 'healthy'; passed: number }
  | { kind: 'wait'; waitingFor: string[] }
  | { kind: 'failed'; waitingFor: string[] };

/** Longer than pods need that pull images onto new nodes; a tier that is not well by then needs a person. */
const HEALTH_LIMIT_SECONDS = 25 * 60;

/** Whether a tier may have its traffic: nodes, pods, volumes, entry points and the plan's own checks, all of them. */
export function decideHealth(facts: HealthFacts): HealthDecision {
  const claims = facts.claims.filter((claim) => !isUnused(claim));
  const running = facts.workloads.some((workload) => workload.wanted > 0);
  const waitingFor = [
    ...(running && facts.readyNodes === 0 ? ['a node to be ready'] : []),
    ...facts.workloads
      .filter((workload) => workload.ready < workload.wanted)
      .map(({ kind, namespace, name, ready, wanted }) => `${kind} ${namespace}/${name}: ${ready} of ${wanted} ready`),
    ...claims
      .filter((claim) => claim.phase !== 'Bound')
      .map((claim) => `volume ${claim.namespace}/${claim.name} to be bound`),
    ...facts.entryPoints
      .filter((entry) => entry.healthyTargets === 0)
      .map((entry) => `entry point ${entry.name}: ${entry.healthyTargets} of ${entry.targets} targets healthy`),
    ...facts.checks.filter((check) => !check.passed).map((check) => `${check.name}: ${check.found}`),
  ];
  if (waitingFor.length === 0)
    return { kind: 'healthy', passed: facts.workloads.length + claims.length + facts.checks.length };
  return { kind: facts.waitedSeconds > HEALTH_LIMIT_SECONDS ? 'failed' : 'wait', waitingFor };
}

/**
 * A claim that is bound to nothing since no pod has asked for its volume yet, as it may well have been in the primary.
 * It waits for ever, and nothing lacks it. https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
const isUnused = ({ phase, mounted, waitsForConsumer }: ClaimStatus): boolean =>
  phase === 'Pending' && !mounted && waitsForConsumer;

type PodVolumes = {
  metadata?: { name?: string | undefined };
  spec?: { volumes?: { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: unknown }[] };
  status?: { phase?: string };
};

/**
 * The claims that pods mount or are to mount; a pod that has ended mounts nothing any more. An ephemeral volume's claim
 * is named after its pod. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
 */
export function mountedClaims(pods: PodVolumes[]): Set<string> {
  const alive = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const names = alive.flatMap(({ metadata, spec }) =>
    (spec?.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) =>
      ephemeral === undefined ? persistentVolumeClaim?.claimName : `${metadata?.name}-${name}`,
    ),
  );
  return new Set(names.filter((name) => name !== undefined));
}

/** The replicas a workload must have ready: the plan's number where it names one, else what the object asks for. */
export function wantedReplicas(
  workloads: Workload[],
  kind: string,
  namespace: string,
  name: string,
  asked: number,
): number {
  const owner = workloads.find((workload) => workload.namespaces.includes(namespace));
  return owner?.replicas[`${kind}/${name}`] ?? asked;
}

/** Whether a metrics page serves a metric of this name. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const servesMetric = (page: string, metric: string): boolean =>
  page.split('\n').some((line) => line.startsWith(metric) && /^[ {]/.test(line.slice(metric.length)));
