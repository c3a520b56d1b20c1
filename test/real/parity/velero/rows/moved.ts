import { first, type LeftOut } from '../left-out.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';
import { hydrated, part } from './ahead.ts';

const RESTORE = sourceOf('pkg/restore/actions/csi/pvc_action.go');
const FINALIZER = sourceOf('pkg/controller/backup_finalizer_controller.go');
const SYNC = sourceOf('pkg/controller/backup_sync_controller.go');
const PACKS = 'https://github.com/kopia/kopia/blob/v0.22.3/repo/content/content_manager.go';

const TARBALL = 'velero/backups/later/later.tar.gz';
const METADATA = 'velero/backups/later/velero-backup.json';

/** A restore from a copy that is not whole. */
const without = (title: string, source: string, leftOut: LeftOut): Row<Scene> => ({
  title,
  source,
  ask: async (scene) => {
    await scene.copy(leftOut);
    await scene.east.resync();
    return scene.restore();
  },
});

/** An object has come as it was when it was written for the first time. */
async function copyWithFirst(scene: Scene, key: string): Promise<void> {
  await scene.copy((written) => written.filter((object) => object.key === key));
  const versions = await scene.versions(key);
  if (versions[0] === undefined || versions.length === 1) throw new Error(`${key} was not written twice`);
  await scene.arrive(versions.slice(0, 1));
  await scene.east.resync();
}

const lower = (title: string): string => `${title.charAt(0).toLowerCase()}${title.slice(1)}`;

/** Of volumes whose snapshots Velero has moved. */
export const moved: Row<Scene>[] = [
  without('Data was moved, and nothing is missing', RESTORE, () => []),
  {
    title: 'Data was moved: the tarball has come as it was first written, beside the last velero-backup.json',
    source: FINALIZER,
    ask: async (scene) => {
      await copyWithFirst(scene, TARBALL);
      return scene.restore();
    },
  },
  {
    title: 'Data was moved: velero-backup.json has come as it was first written',
    source: SYNC,
    ask: async (scene) => {
      await copyWithFirst(scene, METADATA);
      return scene.known();
    },
  },
  without('Data was moved: a data pack (p…) is missing', PACKS, first(/kopia\/queue\/p/)),
  { ...hydrated, title: `Data was moved: ${lower(hydrated.title)}` },
  { ...part, title: `Data was moved: ${lower(part.title)}` },
];
