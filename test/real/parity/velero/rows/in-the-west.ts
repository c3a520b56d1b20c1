import { gunzipSync } from 'node:zlib';
import type { KubeObject } from '../../../../../src/gateways/kubernetes/cluster-api.ts';
import { backupOf, lonely, WEST_BUCKET } from '../platform.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Seen } from '../seen.ts';
import type { Story } from '../story.ts';

const FILES = sourceOf('pkg/podvolume/backupper.go');
const ITEMS = sourceOf('pkg/backup/item_backupper.go');
const EXPOSER = sourceOf('pkg/exposer/host_path.go');
const SERVER = sourceOf('pkg/cmd/server/server.go');

/** A backup of a namespace with one volume, of which something is off. */
const off = (
  title: string,
  source: string,
  namespace: string,
  how: Parameters<typeof lonely>[1],
  spoil: (story: Story, pv: string) => Promise<() => void> = async () => () => {},
  asked: KubeObject = {},
): Row<Story> => ({
  title,
  source,
  ask: async (story) => {
    const { west } = story;
    await west.make(lonely(namespace, how));
    const pv = await west.until(`a volume in ${namespace}`, async () => {
      const pods = await west.api.list('v1', 'Pod', { namespace });
      return pods[0]?.status?.phase === 'Running'
        ? (await west.claims([namespace])).get(`${namespace}/data`)
        : undefined;
    });
    await west.volumes.write(pv);
    const mend = await spoil(story, pv);
    const backup = backupOf(namespace, [namespace]);
    await west.make([{ ...backup, spec: { ...backup.spec, ...asked } }]);
    const { status } = await west.ended('Backup', namespace);
    const volumes = await volumeInfo(story, namespace);
    mend();
    await west.dropNamespaces([namespace]);
    return { ...endOf(status), ...volumes };
  },
});

const endOf = (status: KubeObject): Seen => ({
  backup: status.phase,
  errors: status.errors ?? 0,
  warnings: status.warnings ?? 0,
});

/** What a backup, which has the name of its namespace, says of the one volume there. */
async function volumeInfo({ s3 }: Story, namespace: string): Promise<Seen> {
  const bytes = await s3.get(WEST_BUCKET, `velero/backups/${namespace}/${namespace}-volumeinfo.json.gz`);
  const volumes: KubeObject[] = JSON.parse(gunzipSync(bytes).toString());
  const info = volumes.find(({ pvcNamespace }) => pvcNamespace === namespace);
  if (info === undefined) return { told: false };
  const { skipped, skippedReason, result } = info;
  return { told: true, skipped, ...(skippedReason && { because: skippedReason }), ...(result && { result }) };
}

const killed: Row<Story> = {
  title: 'The server is killed during a backup',
  source: SERVER,
  ask: async ({ west, s3 }) => {
    const before = (await s3.versions(WEST_BUCKET, 'velero/kopia/')).length;
    await west.make([backupOf('killed')]);
    await west.until('a volume to be backed up', async () =>
      (await west.list('PodVolumeBackup')).find(
        ({ metadata, status }) =>
          metadata?.labels?.['velero.io/backup-name'] === 'killed' && status?.phase === 'Completed',
      ),
    );
    await west.killServer();
    const { status } = await west.ended('Backup', 'killed');
    return {
      backup: status.phase,
      because: status.failureReason,
      volumesInTheBucket: (await s3.versions(WEST_BUCKET, 'velero/kopia/')).length > before,
      filesInTheBucket: (await s3.list(WEST_BUCKET, 'velero/backups/killed/')).length,
    };
  },
};

export const inTheWest: Row<Story>[] = [
  off('A claim that no container mounts', FILES, 'unmounted', { mounts: false }),
  off('A volume opted out by annotation', FILES, 'opted-out', {
    annotations: { 'backup.velero.io/backup-volumes-excludes': 'data' },
  }),
  off('No volume is asked for', ITEMS, 'unasked', {}, undefined, { defaultVolumesToFsBackup: false }),
  off('A volume’s directory is gone from its node', EXPOSER, 'gone', {}, ({ west }, pv) => west.volumes.lose(pv)),
  killed,
];
