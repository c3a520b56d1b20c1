import type { Random } from '../../kernel/random.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { priorityOf, withCondition } from '../pods.ts';
import { breaksBudget } from './disruption-budgets.ts';
import type { Filters } from './filters.ts';
import type { NodeUsage } from './node-usage.ts';
import type { Reservations } from './reservations.ts';

type Candidate = { node: string; victims: KubeObject[]; score: number[] };

const REASON = 'PreemptionByScheduler';
/** Added to each victim's priority, so that more victims never weigh less. */
const LOWEST_AS_ZERO = 2 ** 31;

/**
 * Makes room for a pod that fits nowhere, by deleting pods of lower priority.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#preemption
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/preemption/preemption.go
 */
export class Preemption {
  readonly #cluster: ControlPlane;
  readonly #usage: NodeUsage;
  readonly #reservations: Reservations;
  readonly #filters: Filters;
  readonly #random: Random;

  constructor(cluster: ControlPlane, usage: NodeUsage, reservations: Reservations, filters: Filters) {
    this.#cluster = cluster;
    this.#usage = usage;
    this.#reservations = reservations;
    this.#filters = filters;
    this.#random = cluster.random.fork('preemption');
  }

  /** Whether the pod's node is becoming free: it has victims that are still ending. */
  isUnderWay(pod: KubeObject, volumeTerms: KubeObject[][]): boolean {
    const { store } = this.#cluster;
    const name = this.#reservations.of(pod)?.node;
    const node = name && store.get({ resource: 'nodes', name });
    if (!node || !this.#filters.admit(pod, node, volumeTerms)) return false;
    for (const { metadata } of this.#usage.pods(name)) {
      const victim = store.byUid(metadata.uid);
      if (victim !== undefined && isEndingVictim(victim) && priorityOf(victim) < priorityOf(pod)) return true;
    }
    return false;
  }

  /** Deletes whom it must, and answers the node that the pod is nominated for; undefined when that would not help. */
  preempt(pod: KubeObject, volumeTerms: KubeObject[][]): string | undefined {
    if (pod.spec.preemptionPolicy === 'Never') return undefined;
    const candidates = this.#cluster.store
      .list('nodes')
      .filter((node) => this.#filters.admit(pod, node, volumeTerms))
      .flatMap((node) => this.#candidate(pod, node) ?? []);
    const best = this.#best(candidates);
    if (best === undefined) return undefined;
    this.#evict(pod, best);
    for (const other of this.#reservations.outranked(pod, best.node)) this.withdraw(other);
    this.#nominate(pod, best.node);
    return best.node;
  }

  /** The pod waits for no node any more. */
  withdraw(pod: KubeObject): void {
    this.#reservations.delete(pod.metadata.uid);
    const current = this.#cluster.store.byUid(pod.metadata.uid);
    if (current?.status?.nominatedNodeName === undefined) return;
    const { nominatedNodeName: _node, ...status } = current.status;
    this.#cluster.store.update({ ...current, status });
  }

  /** As few victims as will do: all of lower priority, less those that may stay, the most important first. */
  #candidate(pod: KubeObject, node: KubeObject): Candidate | undefined {
    const lower = [...this.#usage.pods(node.metadata.name)].filter((each) => priorityOf(each) < priorityOf(pod));
    const evicted = new Set<string>(lower.map(({ metadata }) => metadata.uid));
    if (lower.length === 0 || !this.#filters.findRoom(pod, node, evicted)) return undefined;
    lower.sort(byImportance);
    const breaking = breaksBudget(this.#cluster, lower);
    const isBreaking = ({ metadata }: KubeObject): boolean => breaking.has(metadata.uid);
    for (const { metadata } of [...lower.filter(isBreaking), ...lower.filter((each) => !isBreaking(each))]) {
      evicted.delete(metadata.uid);
      if (!this.#filters.findRoom(pod, node, evicted)) evicted.add(metadata.uid);
    }
    const victims = lower.filter(({ metadata }) => evicted.has(metadata.uid));
    if (victims.length === 0) return undefined;
    return { node: node.metadata.name, victims, score: scoreOf(victims, victims.filter(isBreaking).length) };
  }

  /** Of equals any: the search starts at a random node. */
  #best(candidates: Candidate[]): Candidate | undefined {
    const many = candidates.length;
    const start = many > 1 ? this.#random.below(many) : 0;
    const ordered = [...candidates.slice(start), ...candidates.slice(0, start)];
    return ordered.reduce<Candidate | undefined>(
      (best, each) => (best === undefined || isLess(each.score, best.score) ? each : best),
      undefined,
    );
  }

  #evict(pod: KubeObject, { node, victims }: Candidate): void {
    const { store, events, host, building } = this.#cluster;
    for (const { metadata } of victims) {
      const victim = store.byUid(metadata.uid);
      if (victim === undefined || victim.metadata.deletionTimestamp !== undefined) continue;
      const message = 'default-scheduler: preempting to accommodate a higher priority pod';
      const condition = { type: 'DisruptionTarget', status: 'True', reason: REASON, message };
      store.setStatus(victim, { conditions: withCondition(victim.status?.conditions, condition, store.timestamp()) });
      if (!building) events.normal(victim, 'Preempted', `Preempted by pod ${pod.metadata.uid} on node ${node}`);
      // Gone at once, with no grace: its room is known to be free before the news comes.
      if (store.remove(store.refOf(victim)) === undefined) this.#usage.delete(metadata.uid);
    }
    const { namespace, name } = pod.metadata;
    if (!building) host.record('pods preempted', { pod: `${namespace}/${name}`, node, victims: victims.length });
  }

  #nominate(pod: KubeObject, node: string): void {
    this.#reservations.nominate(pod, node);
    this.#cluster.store.setStatus(pod, { nominatedNodeName: node });
  }
}

const isEndingVictim = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  pod.status?.conditions?.some((each: KubeObject) => each.type === 'DisruptionTarget' && each.reason === REASON);

/** Higher priority, then longer running. A pod that has not started yet starts now. */
const startOf = (pod: KubeObject): string => pod.status?.startTime ?? '9999';
const byImportance = (a: KubeObject, b: KubeObject): number =>
  priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0);

/**
 * Fewest broken budgets, lowest highest priority, lowest sum of priorities, fewest victims; then the most important
 * that started last. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/preemption/preemption.go (pickOneNodeForPreemption)
 */
function scoreOf(victims: KubeObject[], broken: number): number[] {
  const most = victims[0];
  const sum = victims.reduce((total, each) => total + priorityOf(each) + LOWEST_AS_ZERO, 0);
  const started = Date.parse(most?.status?.startTime ?? '') || Number.MAX_SAFE_INTEGER;
  return [broken, priorityOf(most), sum, victims.length, -started];
}

function isLess(a: number[], b: number[]): boolean {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}
