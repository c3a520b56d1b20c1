import { gunzipSync } from 'node:zlib';
import type { KubeObject } from '../../../../../src/gateways/kubernetes/cluster-api.ts';
import { backupOf, lonely, mixed, snapshotClass, velero, WEST_BUCKET } from '../platform.ts';
import { type Row, sourceOf } from '../row.ts';
import { compared, type Seen, tally } from '../seen.ts';
import type { Story } from '../story.ts';

const ACTION = sourceOf('pkg/backup/actions/csi/pvc_action.go');
const CLASSES = sourceOf('pkg/util/csi/volume_snapshot.go');
const SERVER = sourceOf('pkg/cmd/server/server.go');

/** Volumes by claim, once the namespace's pods run and something was written to each. */
async function written({ west }: Story, namespace: string): Promise<Map<string, string>> {
  await west.until(`the pods in ${namespace}`, async () => {
    const pods = await west.api.list('v1', 'Pod', { namespace });
    return pods.every(({ status }) => status?.phase === 'Running') ? true : undefined;
  });
  const claims = await west.claims([namespace]);
  for (const pv of claims.values()) await west.volumes.write(pv);
  return claims;
}

/** Has a backup made of a namespace, which gets its name; `meanwhile` happens once it has begun. */
async function backUp({ west, s3 }: Story, namespace: string, meanwhile = async () => {}): Promise<Seen> {
  await west.make([backupOf(namespace, [namespace], 'snapshots')]);
  await meanwhile();
  const { status } = await west.ended('Backup', namespace);
  const read = async (file: string) =>
    gunzipSync(await s3.get(WEST_BUCKET, `velero/backups/${namespace}/${file}`)).toString('latin1');
  const all: KubeObject[] = JSON.parse(await read(`${namespace}-volumeinfo.json.gz`));
  const volumes = all.filter(({ pvcNamespace }) => pvcNamespace === namespace);
  return {
    backup: status.phase,
    errors: status.errors ?? 0,
    warnings: status.warnings ?? 0,
    operations: `${status.backupItemOperationsCompleted ?? 0} of ${status.backupItemOperationsAttempted ?? 0}`,
    volumesTold: tally(volumes.map(inWords)),
    inTheTarball: tally(kindsKept(await read(`${namespace}.tar.gz`), namespace)),
  };
}

/** Of pods and claims, each one that a tarball has a file of. */
const kindsKept = (tarball: string, namespace: string): string[] =>
  [...tarball.matchAll(new RegExp(`resources/(pods|persistentvolumeclaims)/namespaces/${namespace}/`, 'g'))].map(
    ([, kind = '']) => kind,
  );

function inWords({ backupMethod, snapshotDataMoved, skipped, skippedReason, result }: KubeObject): string {
  if (skipped) return `skipped (${skippedReason})`;
  return [backupMethod, snapshotDataMoved ? 'moved' : 'not moved', result].filter(Boolean).join(' ');
}

const withoutClass: Row<Story> = {
  title: 'Data is to be moved, and the driver has no class of snapshots',
  source: CLASSES,
  ask: async (story) => {
    const { west } = story;
    const { apiVersion = '', kind = '', metadata } = snapshotClass();
    await west.api.delete({ apiVersion, kind, name: metadata?.name ?? '' });
    await west.make(lonely('classless'));
    await written(story, 'classless');
    const seen = await backUp(story, 'classless');
    await west.make([snapshotClass()]);
    await west.dropNamespaces(['classless']);
    return seen;
  },
};

const optedIn: Row<Story> = {
  title: 'Data is moved, but of one volume whose pod asks for its files to be read',
  source: ACTION,
  ask: async (story) => {
    const { west } = story;
    await west.make(mixed('mixed'));
    const claims = await written(story, 'mixed');
    const held = new Map<string, Awaited<ReturnType<typeof west.volumes.read>>>();
    for (const [claim, pv] of claims) held.set(claim, await west.volumes.read(pv));
    const seen = await backUp(story, 'mixed');
    await west.dropNamespaces(['mixed']);
    await west.make([velero('Restore', 'mixed', { backupName: 'mixed' })]);
    const { status } = await west.ended('Restore', 'mixed');
    const now = await west.until('the claims to be bound', async () => {
      const bound = await west.claims(['mixed']);
      return bound.size === held.size ? bound : undefined;
    });
    const volumes = [...now].map(async ([claim, pv]) => compared(await west.volumes.read(pv), held.get(claim) ?? {}));
    const restored = { restore: status.phase, volumes: tally(await Promise.all(volumes)) };
    await west.dropNamespaces(['mixed']);
    return { ...seen, ...restored };
  },
};

const killed: Row<Story> = {
  title: 'Data is being moved when the server is killed',
  source: SERVER,
  ask: async (story) => {
    const { west } = story;
    await west.make(lonely('interrupted'));
    await written(story, 'interrupted');
    const seen = await backUp(story, 'interrupted', async () => {
      await west.until(
        'the backup to wait for its volumes',
        async () =>
          (await west.find('Backup', 'interrupted'))?.status?.phase === 'WaitingForPluginOperations' || undefined,
      );
      await west.killServer();
    });
    await west.dropNamespaces(['interrupted']);
    return seen;
  },
};

/** Of backups whose volumes' snapshots Velero is to move. */
export const moving: Row<Story>[] = [withoutClass, optedIn, killed];
