import { gunzipSync } from 'node:zlib';
import type { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { platform } from './rig-platform.ts';
import { SOURCE, VeleroRig } from './velero-rig.ts';

/** What a backup says whose volumes go by snapshots that are moved. */
export const MOVED = { defaultVolumesToFsBackup: false, snapshotMoveData: true };

export const snapshotClass = (name = 'ebs', more: KubeObject = {}): KubeObject => ({
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshotClass',
  metadata: { name, labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
  driver: 'ebs.csi.aws.com',
  deletionPolicy: 'Delete',
  ...more,
});

type Options = {
  /** Of the west; the east has them all. */
  features?: string;
  addOn?: boolean;
  classes?: KubeObject[];
  east?: { features?: string; autoMode?: boolean };
  /** Further flags of the installation. */
  flags?: string[];
  prepare?: (rig: VeleroRig) => void;
};

/** The west with its platform, and Velero with the feature in both, started a little ago. */
export async function movedRig({
  features = 'EnableCSI',
  addOn = true,
  classes = [snapshotClass()],
  east = {},
  flags = [],
  prepare = () => {},
}: Options = {}): Promise<VeleroRig> {
  const rig = new VeleroRig('test', { autoEast: east.autoMode ?? false });
  seed(rig.west, platform(), { bytesOf: () => 80_000 });
  if (addOn) {
    rig.west.install('snapshot-controller');
    rig.east.install('snapshot-controller');
    seed(rig.west, classes);
  }
  rig.installBoth(`--features=${features}`, ...flags);
  if (east.features !== undefined) setFeatures(rig.east, east.features);
  prepare(rig);
  rig.start();
  await rig.pass(70);
  return rig;
}

function setFeatures({ store }: Cluster, features: string): void {
  for (const ref of [
    { resource: 'deployments.apps', name: 'velero' },
    { resource: 'daemonsets.apps', name: 'node-agent' },
  ])
    store.patch({ ...ref, namespace: 'velero' }, (current) =>
      JSON.parse(JSON.stringify(current).replace('--features=EnableCSI', `--features=${features}`)),
    );
}

/** The phases that a backup or a restore went through, in order. */
export function phasesOf(cluster: Cluster, kind: 'backups' | 'restores', name: string): string[] {
  const phases: string[] = [];
  cluster.store.watch(`${kind}.velero.io`, ({ object }) => {
    const phase = object.status?.phase ?? '';
    if (object.metadata.name === name && phases.at(-1) !== phase) phases.push(phase);
  });
  return phases;
}

/** The keys below a prefix of the west's bucket, once for each write, in order. */
export function writesOf({ s3 }: VeleroRig, prefix: string): string[] {
  const bucket = s3.find(SOURCE);
  const versions = [...(bucket?.keys(prefix) ?? [])].flatMap((key) => [...(bucket?.versionsOf(key) ?? [])]);
  versions.sort((a, b) => a.lastModified - b.lastModified);
  return versions.map(({ key }) => key);
}

/** A JSON file of a bucket, zipped or not. */
export const fileOf = (bytes: Uint8Array, name: string): KubeObject =>
  JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes)).toString());
