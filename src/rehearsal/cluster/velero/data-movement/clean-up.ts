import type { KubeObject } from '../../host.ts';
import type { Agent } from './agent.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';

/**
 * Deletes a mover's pod, its claim and the volume with it, and waits for that if there is a time-out.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/kube/pvc_pv.go (DeletePVAndPVCIfAny)
 */
export async function removeMover(agent: Agent, name: string, timeout: number): Promise<void> {
  const { namespace, store } = agent;
  agent.remove({ resource: 'pods', namespace, name });
  const claim = store.get({ resource: CLAIMS, namespace, name });
  if (claim === undefined) return;
  const volume: string | undefined = claim.spec.volumeName;
  if (volume) setReclaimPolicy(agent, volume, 'Delete');
  agent.remove({ resource: CLAIMS, namespace, name });
  if (timeout === 0) return;
  await agent.gone({ resource: CLAIMS, namespace, name }, timeout);
  if (volume) await agent.gone({ resource: VOLUMES, name: volume }, timeout);
}

/** Answers the policy that it had. */
export function setReclaimPolicy(agent: Agent, name: string, policy: string): string | undefined {
  const before: string | undefined = agent.store.get({ resource: VOLUMES, name })?.spec.persistentVolumeReclaimPolicy;
  agent.patch({ resource: VOLUMES, name }, (current: KubeObject) => ({
    ...current,
    spec: { ...current.spec, persistentVolumeReclaimPolicy: policy },
  }));
  return before;
}
