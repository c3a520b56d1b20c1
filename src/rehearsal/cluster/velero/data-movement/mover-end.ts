import type { KubeObject } from '../../host.ts';
import { hasEnded } from '../../pods.ts';
import type { Agent } from './agent.ts';

type End = { phase: string; message: string };

/** How a mover's pod ended, and what it left as its last words. One that is deleted before tells nothing. */
export function podEnded({ process, cluster, store }: Agent, pod: KubeObject): Promise<End> {
  const { uid } = pod.metadata;
  return process.alive(
    new Promise<End>((resolve) => {
      const look = (current: KubeObject | undefined): void => {
        if (current === undefined || !hasEnded(current)) return;
        stop();
        cluster.host.kernel.touched();
        resolve({ phase: current.status.phase, message: lastWords(current) });
      };
      const stop = store.watch('pods', ({ type, object }) => {
        if (object.metadata.uid === uid && type === 'MODIFIED') look(object);
      });
      process.onEnd(stop);
      look(store.byUid(uid));
    }),
  );
}

const lastWords = ({ status }: KubeObject): string =>
  (status?.containerStatuses ?? []).map(({ state }: KubeObject) => state?.terminated?.message ?? '').join('');

/** Why a pod will never run. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/kube/pod.go (IsPodUnrecoverable) */
export function unrecoverable(pod: KubeObject): string | undefined {
  const { namespace, name } = pod.metadata;
  const { phase, containerStatuses = [] } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Unknown')
    return `Pod is in abnormal state [${phase}], message [${lastWords(pod)}]`;
  for (const { name: container, state } of containerStatuses) {
    const reason = state?.waiting?.reason;
    if (reason === 'ImagePullBackOff' || reason === 'ErrImageNeverPull')
      return `Container ${container} in Pod ${namespace}/${name} is in pull image failed with reason ${reason}`;
  }
  return undefined;
}
