import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Container, State, Terminated } from './container.ts';

export type Address = { pod: string; host: string };
type Containers = { first: Container[]; main: Container[]; problem: string | undefined };

/** What a kubelet tells of a pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
export function podStatus(pod: KubeObject, containers: Containers, address: Address, startTime: string): KubeObject {
  const { first, main, problem } = containers;
  const phase = phaseOf(containers);
  const begun = first.every((one) => one.succeeded || (isSidecar(one) && one.state.kind !== 'waiting'));
  const ready = phase === 'Running' && main.every(({ state }) => state.kind === 'running');
  const conditions = [
    condition(pod, 'Initialized', begun, 'ContainersNotInitialized'),
    condition(pod, 'ContainersReady', ready, phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady'),
    condition(pod, 'Ready', ready, phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady'),
  ];
  const running = problem === undefined;
  return {
    phase,
    conditions,
    startTime,
    hostIP: address.host,
    hostIPs: [{ ip: address.host }],
    ...(running && { podIP: address.pod, podIPs: [{ ip: address.pod }] }),
    ...(first.length > 0 && { initContainerStatuses: first.map((one) => containerStatus(pod, one, problem)) }),
    containerStatuses: main.map((one) => containerStatus(pod, one, begun ? problem : 'PodInitializing')),
  };
}

const isSidecar = ({ spec }: Container): boolean => spec.restartPolicy === 'Always';

function phaseOf({ first, main }: Containers): string {
  if (first.some((one) => one.over && !one.succeeded && !isSidecar(one))) return 'Failed';
  if (main.every(({ over }) => over)) return main.every(({ succeeded }) => succeeded) ? 'Succeeded' : 'Failed';
  const started = main.some(({ state, restarts }) => state.kind !== 'waiting' || restarts > 0);
  return started ? 'Running' : 'Pending';
}

/** The time of its last change is kept. */
function condition(pod: KubeObject, type: string, holds: boolean, otherwise: string): KubeObject {
  const status = holds ? 'True' : 'False';
  const before = pod.status?.conditions?.find((one: KubeObject) => one.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : new Date().toISOString();
  return { type, status, lastTransitionTime, reason: holds ? null : otherwise };
}

function containerStatus(pod: KubeObject, container: Container, problem: string | undefined): KubeObject {
  const { spec, state, last, restarts } = container;
  const id = `stand-in://${pod.metadata?.uid}/${spec.name}/${restarts}`;
  const begun = state.kind !== 'waiting';
  const ready = isSidecar(container) || !isFirst(pod, spec) ? state.kind === 'running' : container.succeeded;
  return {
    name: spec.name,
    image: spec.image,
    imageID: begun ? spec.image : '',
    ...(begun && { containerID: id }),
    ready,
    started: state.kind === 'running',
    restartCount: restarts,
    state: stateOf(state, id, problem),
    ...(last && { lastState: { terminated: terminated(last, id) } }),
  };
}

const isFirst = (pod: KubeObject, spec: KubeObject): boolean =>
  (pod.spec.initContainers ?? []).some(({ name }: KubeObject) => name === spec.name);

function stateOf(state: State, id: string, problem: string | undefined): KubeObject {
  if (state.kind === 'running') return { running: { startedAt: state.since } };
  if (state.kind === 'terminated') return { terminated: terminated(state, id) };
  const { reason, message = problem } = state;
  return { waiting: { reason, ...(message !== undefined && { message }) } };
}

const terminated = ({ since, until, exitCode, message }: Terminated, containerID: string): KubeObject => ({
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  startedAt: since,
  finishedAt: until,
  containerID,
  ...(message !== '' && { message }),
});
