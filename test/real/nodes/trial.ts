import { setTimeout as pause } from 'node:timers/promises';
import { standbyStorageClass } from '../../../src/domain/velero.ts';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { type ControlPlane, startControlPlane } from '../kubernetes/control-plane.ts';
import { type Place, placeOn } from '../parity/place.ts';
import { realServer } from '../parity/servers.ts';
import { type Given, type Nodes, startNodes } from './nodes.ts';

const LONGEST_MS = 150_000;

/** A cluster of two nodes on which the nodes are tried. */
export type Trial = { controlPlane: ControlPlane; nodes: Nodes; place: Place; stop(): Promise<void> };

export async function startTrial(
  name: string,
  region: string,
  proxy: Given['proxy'],
  snapshots = false,
): Promise<Trial> {
  const controlPlane = await startControlPlane();
  const nodes = await startNodes({ controlPlane, names: [`${name}-0`, `${name}-1`], region, proxy, snapshots });
  const place = await placeOn(realServer(controlPlane), 'shop');
  const [lazy, eager] = [standbyStorageClass(), standbyStorageClass()] as [KubeObject, KubeObject];
  await place.api.apply({ ...lazy, metadata: { name: 'gp3' } });
  await place.api.apply({ ...eager, metadata: { name: 'eager' }, volumeBindingMode: 'Immediate' });
  return {
    ...{ controlPlane, nodes, place },
    stop: async () => {
      await nodes.stop();
      await controlPlane.stop();
    },
  };
}

/** What a claim asks for. */
export const DISK = {
  storageClassName: 'gp3',
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
};

/** The answer, once there is one; a test's own time is shorter than this waits. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const begun = performance.now(); performance.now() - begun < LONGEST_MS; await pause(200)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error('there was never an answer');
}

const VERSIONS: Record<string, string> = {
  ...{ Deployment: 'apps/v1', DaemonSet: 'apps/v1', Job: 'batch/v1' },
  ...{ Backup: 'velero.io/v1', Restore: 'velero.io/v1', BackupStorageLocation: 'velero.io/v1' },
  ...{ VolumeSnapshot: 'snapshot.storage.k8s.io/v1', VolumeSnapshotContent: 'snapshot.storage.k8s.io/v1' },
};

export const get = (
  { place }: Trial,
  kind: string,
  name: string,
  namespace = 'shop',
): Promise<KubeObject | undefined> => place.api.get({ apiVersion: VERSIONS[kind] ?? 'v1', kind, name, namespace });

/** The object once it is so. */
export const once = (
  trial: Trial,
  kind: string,
  name: string,
  holds: (found: KubeObject) => boolean,
  namespace = 'shop',
): Promise<KubeObject> =>
  until(async () => {
    const found = await get(trial, kind, name, namespace);
    return found !== undefined && holds(found) ? found : undefined;
  });

export const isRunning = ({ status }: KubeObject): boolean => status?.phase === 'Running';
