import type { KubeObject } from '../../host.ts';
import { SELECTED_NODE } from '../../scheduler/pod-volumes.ts';
import { goDuration } from '../go-duration.ts';
import type { Agent } from './agent.ts';
import { removeMover, setReclaimPolicy } from './clean-up.ts';
import { type Exposer, type MoverResult, ownerOf } from './exposer.ts';
import { moverPod } from './mover-pod.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';

/**
 * Has a volume made beside the claim that is to be restored, for the mover to fill, and gives it to the claim afterwards.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/exposer/generic_restore.go
 */
export class RestoreExposer implements Exposer {
  readonly kind = 'DataDownload';
  readonly label = 'velero.io/data-download';
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  ready({ spec }: KubeObject): boolean {
    return this.#target(spec.targetVolume) !== undefined;
  }

  async expose(download: KubeObject): Promise<void> {
    const agent = this.#agent;
    const { targetVolume } = download.spec;
    const where = `${targetVolume.namespace}/${targetVolume.pvc}`;
    const { claim, node } = await this.#consumed(targetVolume, where);
    if (claim.status?.phase === 'Bound') throw new Error(`Target PVC ${where} has already been bound, abort`);
    const nodeSelector: Record<string, string> = node === undefined ? {} : { 'kubernetes.io/hostname': node };
    const { label } = this;
    agent.create(
      moverPod(agent, {
        movement: download,
        mode: 'restore',
        label,
        group: 'generic-restore-exposer',
        nodeSelector,
        topology: [],
      }),
    );
    agent.create(restoreClaim(download, agent.namespace, claim, node));
  }

  /** The volume changes hands: it is kept while the claim that it was made for goes, and bound to the one to be restored. */
  async conclude(download: KubeObject): Promise<void> {
    const agent = this.#agent;
    const { name } = download.metadata;
    const { targetVolume, operationTimeout } = download.spec;
    const timeout = goDuration(operationTimeout);
    const own = { resource: CLAIMS, namespace: agent.namespace, name };
    const volume = agent.store.get(own)?.spec.volumeName;
    const target = this.#target(targetVolume);
    if (!volume || target === undefined) throw new Error(`error to get target PVC or PV of ${name}`);
    const policy = setReclaimPolicy(agent, volume, 'Retain');
    for (const ref of [{ ...own, resource: 'pods' }, own]) {
      agent.remove(ref);
      if (!(await agent.gone(ref, timeout))) throw new Error(`error to delete restore ${ref.resource} ${name}`);
    }
    await this.#rebind(target, volume);
    const isBound = (): true | undefined => {
      const { spec, status } = agent.store.get({ resource: VOLUMES, name: volume }) ?? {};
      const { claimRef } = spec ?? {};
      const mine = claimRef?.name === targetVolume.pvc && claimRef?.namespace === targetVolume.namespace;
      return mine && status?.phase === 'Bound' ? true : undefined;
    };
    if (!(await agent.waitFor(isBound, timeout)))
      throw new Error(`error to wait restore PV bound, restore PV ${volume}`);
    if (policy !== undefined) setReclaimPolicy(agent, volume, policy);
    await this.cleanUp(download);
  }

  cleanUp({ metadata }: KubeObject): Promise<void> {
    return removeMover(this.#agent, metadata.name, 0);
  }

  statusOf(_download: KubeObject, { totalBytes }: MoverResult): KubeObject {
    return { progress: totalBytes > 0 ? { totalBytes, bytesDone: totalBytes } : {} };
  }

  #target({ namespace, pvc }: KubeObject): KubeObject | undefined {
    return this.#agent.store.get({ resource: CLAIMS, namespace, name: pvc });
  }

  /** Where a first consumer is awaited, it must have come: its node is the volume's. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/kube/pvc_pv.go (WaitPVCConsumed) */
  async #consumed(target: KubeObject, where: string): Promise<{ claim: KubeObject; node: string | undefined }> {
    const { store, config } = this.#agent;
    const failed = `error to wait target PVC consumed, ${where}: error to wait for PVC`;
    const found = await this.#agent.waitFor(() => {
      const claim = this.#target(target);
      if (claim === undefined) throw new Error(`${failed}: error to get pvc ${where}: not found`);
      if (config.ignoreDelayBinding) return { claim, node: undefined };
      const name = claim.spec.storageClassName;
      const storageClass = name && store.get({ resource: 'storageclasses.storage.k8s.io', name });
      if (name && storageClass === undefined)
        throw new Error(
          `${failed}: error to get storage class ${name}: storageclasses.storage.k8s.io "${name}" not found`,
        );
      if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return { claim, node: undefined };
      const node: string | undefined = claim.metadata.annotations?.[SELECTED_NODE];
      return node === undefined ? undefined : { claim, node };
    }, config.prepareTimeout);
    if (found === undefined) throw new Error(`${failed}: context deadline exceeded`);
    return found;
  }

  /**
   * Two requests: the claim asks for a volume that is still another's, and when that becomes its own nothing wakes the claim.
   * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/exposer/generic_restore.go (RebindVolume)
   */
  async #rebind(target: KubeObject, volume: string): Promise<void> {
    const agent = this.#agent;
    const { namespace, name } = target.metadata;
    agent.patch(agent.store.refOf(target), (current) => ({
      ...current,
      spec: { ...current.spec, volumeName: volume },
    }));
    await agent.process.takes('kubernetes.request');
    agent.patch({ resource: VOLUMES, name: volume }, (current) => ({
      ...current,
      metadata: { ...current.metadata, labels: { ...target.spec.selector?.matchLabels, ...current.metadata.labels } },
      spec: { ...current.spec, claimRef: { kind: 'PersistentVolumeClaim', namespace, name } },
    }));
  }
}

function restoreClaim(download: KubeObject, namespace: string, target: KubeObject, node: string | undefined) {
  const { labels, annotations } = target.metadata;
  const { accessModes, storageClassName, volumeMode, resources } = target.spec;
  const own = node === undefined ? annotations : { [SELECTED_NODE]: node };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      namespace,
      name: download.metadata.name,
      ...(labels && { labels }),
      ...(own && { annotations: own }),
      ownerReferences: [ownerOf(download)],
    },
    spec: { accessModes, storageClassName, volumeMode, resources },
  };
}
