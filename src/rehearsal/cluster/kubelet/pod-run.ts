import type { Cancel } from '../../kernel/kernel.ts';
import type { KubeObject } from '../host.ts';
import { withCondition } from '../pods.ts';

/** One container as its node sees it. */
export type ContainerRun = {
  spec: KubeObject;
  init: boolean;
  /** An init container that keeps running beside the others. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
  sidecar: boolean;
  state: 'waiting' | 'starting' | 'running' | 'terminated';
  reason: string;
  message: string;
  ready: boolean;
  restarts: number;
  exitCode: number;
  startedAt: string;
  finishedAt: string;
  /** What happens next to it: start, restart, completion. */
  cancel: Cancel | undefined;
  /** Lets go of what the container does: its program, its writes. */
  release: (() => void) | undefined;
};

/** One pod as its node runs it. */
export type PodRun = {
  uid: string;
  namespace: string;
  name: string;
  node: string;
  ip: string;
  startTime: string;
  restartPolicy: string;
  containers: ContainerRun[];
  ending: Cancel | undefined;
  /** Its node is gone: it runs no more, and nobody reports that. */
  lost: boolean;
};

export function podRun(pod: KubeObject, ip: string, now: string): PodRun {
  const inits: KubeObject[] = pod.spec.initContainers ?? [];
  const mains: KubeObject[] = pod.spec.containers;
  return {
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    node: pod.spec.nodeName,
    ip,
    startTime: now,
    restartPolicy: pod.spec.restartPolicy ?? 'Always',
    containers: [...inits.map((spec) => containerRun(spec, true)), ...mains.map((spec) => containerRun(spec, false))],
    ending: undefined,
    lost: false,
  };
}

const containerRun = (spec: KubeObject, init: boolean): ContainerRun => ({
  spec,
  init,
  sidecar: init && spec.restartPolicy === 'Always',
  state: 'waiting',
  reason: init ? 'PodInitializing' : 'ContainerCreating',
  message: '',
  ready: false,
  restarts: 0,
  exitCode: 0,
  startedAt: '',
  finishedAt: '',
  cancel: undefined,
  release: undefined,
});

/** An init container has done its part when it has ended well, or runs as a sidecar. */
export const initDone = (container: ContainerRun): boolean =>
  container.sidecar ? container.state === 'running' : container.state === 'terminated' && container.exitCode === 0;

export const isRunReady = (run: PodRun): boolean =>
  !run.lost && run.containers.every((each) => (each.init && !each.sidecar) || each.ready);

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
function phaseOf(run: PodRun): string {
  const mains = run.containers.filter((each) => !each.init);
  const restarts = run.restartPolicy === 'Always';
  if (!restarts && mains.every((each) => each.state === 'terminated' && !each.cancel))
    return mains.every((each) => each.exitCode === 0) ? 'Succeeded' : 'Failed';
  const failedInit = run.containers.some(
    (each) => each.init && each.state === 'terminated' && each.exitCode !== 0 && !each.cancel,
  );
  if (failedInit && run.restartPolicy === 'Never') return 'Failed';
  return mains.some((each) => each.startedAt !== '') ? 'Running' : 'Pending';
}

/** The status that the node reports. */
export function statusOf(run: PodRun, pod: KubeObject, hostIp: string, now: string): KubeObject {
  const phase = phaseOf(run);
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const initialized = run.containers.every((each) => !each.init || initDone(each) || ended);
  const ready = !ended && isRunReady(run);
  const why = phase === 'Succeeded' ? 'PodCompleted' : ended ? 'PodFailed' : 'ContainersNotReady';
  let conditions = pod.status?.conditions;
  conditions = withCondition(conditions, conditionOf('Initialized', initialized, 'ContainersNotInitialized'), now);
  conditions = withCondition(conditions, conditionOf('Ready', ready, why), now);
  conditions = withCondition(conditions, conditionOf('ContainersReady', ready, why), now);
  const inits = run.containers.filter((each) => each.init);
  return {
    phase,
    conditions,
    hostIP: hostIp,
    podIP: run.ip,
    podIPs: [{ ip: run.ip }],
    startTime: run.startTime,
    ...(inits.length > 0 && { initContainerStatuses: inits.map(containerStatus) }),
    containerStatuses: run.containers.filter((each) => !each.init).map(containerStatus),
  };
}

const conditionOf = (type: string, holds: boolean, why: string): KubeObject =>
  holds ? { type, status: 'True' } : { type, status: 'False', reason: why };

function containerStatus(run: ContainerRun): KubeObject {
  return {
    name: run.spec.name,
    image: run.spec.image,
    ready: run.init && !run.sidecar ? initDone(run) : run.ready,
    started: run.state === 'running',
    restartCount: run.restarts,
    state: stateOf(run),
  };
}

function stateOf({ state, reason, message, startedAt, finishedAt, exitCode }: ContainerRun): KubeObject {
  if (state === 'running') return { running: { startedAt } };
  if (state !== 'terminated') return { waiting: { reason, ...(message && { message }) } };
  return {
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt,
      finishedAt,
      ...(message && { message }),
    },
  };
}
