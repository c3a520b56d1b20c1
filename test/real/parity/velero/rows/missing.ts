import { all, first, type LeftOut, last } from '../left-out.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';
import { incompletely } from '../seen.ts';

const SYNC = sourceOf('pkg/controller/backup_sync_controller.go');
const RESTORE = sourceOf('pkg/controller/restore_controller.go');
const REPOSITORY = sourceOf('pkg/repository/provider/unified_repo.go');
const PACKS = 'https://github.com/kopia/kopia/blob/v0.22.3/repo/content/content_manager.go';
const MANIFESTS = 'https://github.com/kopia/kopia/blob/v0.22.3/repo/manifest/committed_manifest_manager.go';

/** Longer than it takes until a server looks again. */
const LOOKED_AGAIN_SECONDS = 70;
const LIST = /\/later-podvolumebackups\.json\.gz$/;
const METADATA = 'velero/backups/later/velero-backup.json';

/** A restore from a copy that is not whole. */
const without = (title: string, source: string, leftOut: LeftOut, backup = 'later'): Row<Scene> => ({
  title,
  source,
  ask: async (scene) => {
    await scene.copy(leftOut);
    await scene.east.resync();
    return scene.restore(backup);
  },
});

const late: Row<Scene> = {
  title: 'The list of volume backups comes after the backup was synced, which is then deleted in the cluster',
  source: SYNC,
  ask: async (scene) => {
    await scene.copy(all(LIST));
    await scene.east.resync();
    await scene.arrive(all(LIST)(scene.story.written));
    await scene.east.pass(LOOKED_AGAIN_SECONDS);
    const { volumeBackups } = await scene.known();
    await scene.east.drop('Backup');
    await scene.east.resync();
    return { volumeBackupsAfterAMinute: volumeBackups ?? 0, ...(await scene.restore()) };
  },
};

const notFinal: Row<Scene> = {
  title: 'velero-backup.json has come as it was first written, and not as it was last',
  source: SYNC,
  ask: async (scene) => {
    await scene.copy((written) => written.filter(({ key }) => key === METADATA));
    const [first] = await scene.versions(METADATA);
    if (first === undefined) throw new Error(`nobody wrote ${METADATA}`);
    await scene.arrive([first]);
    await scene.east.resync();
    return scene.known();
  },
};

const withoutData = (title: string, which: LeftOut): Row<Scene> => {
  const row = without(title, PACKS, which);
  return { ...row, ask: async (scene) => incompletely(await row.ask(scene)) };
};

export const missing: Row<Scene>[] = [
  without('Nothing is missing', RESTORE, () => []),
  without('The list of volume backups is missing', SYNC, all(LIST)),
  late,
  {
    title: 'velero-backup.json is missing',
    source: SYNC,
    ask: async (scene) => {
      await scene.copy((written) => written.filter(({ key }) => key === METADATA));
      await scene.east.resync();
      return scene.known();
    },
  },
  notFinal,
  without('The tarball is missing', RESTORE, all(/later\.tar\.gz$/)),
  withoutData('A data pack (p…) is missing, of an earlier snapshot of the volume', first(/kopia\/queue\/p/)),
  withoutData('A data pack (p…) is missing, of the snapshot itself', last(/kopia\/queue\/p/)),
  without('Three packs of metadata (q…) are missing', MANIFESTS, last(/kopia\/queue\/q/, 3)),
  without('A pack of metadata (q…) is missing, of another snapshot', MANIFESTS, last(/kopia\/queue\/q/), 'earlier'),
  without('All indexes (xn…) of a namespace are missing', MANIFESTS, all(/kopia\/queue\/xn/)),
  without('An index (xn…) is missing, of the snapshot itself', MANIFESTS, last(/kopia\/queue\/xn/)),
  without('An index (xn…) is missing, of another snapshot', MANIFESTS, last(/kopia\/queue\/xn/), 'earlier'),
  without('kopia.repository is missing', REPOSITORY, all(/kopia\/queue\/kopia\.repository$/)),
  without('udmrepo.Repository is missing', REPOSITORY, all(/udmrepo\.Repository$/)),
  without('The volume info is missing', RESTORE, all(/-volumeinfo\.json\.gz$/)),
  without(
    'Logs, results, resource list, item operations and volume snapshots are missing',
    RESTORE,
    all(/-(logs|results|resource-list\.json|itemoperations\.json|volumesnapshots\.json)\.gz$/),
  ),
];
