import { all, first, type LeftOut, last } from '../left-out.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';
import { incompletely } from '../seen.ts';

const SYNC = sourceOf('pkg/controller/backup_sync_controller.go');
const RESTORE = sourceOf('pkg/controller/restore_controller.go');
const REPOSITORY = sourceOf('pkg/repository/udmrepo/kopialib/repo_init.go');
const CRYPTO = 'https://github.com/kopia/kopia/blob/v0.22.3/repo/content/content_manager.go';

/** A restore from a copy in which some objects have their size, and nothing else. */
const unreadable = (what: string, source: string, which: LeftOut): Row<Scene> => ({
  title: `${what} cannot be read`,
  source,
  ask: async (scene) => {
    await scene.copy();
    for (const object of which(scene.story.written)) await scene.garble(object);
    await scene.east.resync();
    const known = await scene.known();
    return known.syncedAs === 'not' ? known : scene.restore();
  },
});

const DATA = unreadable('A data pack (p…)', CRYPTO, first(/kopia\/queue\/p/));

export const garbled: Row<Scene>[] = [
  unreadable('velero-backup.json', SYNC, all(/later\/velero-backup\.json$/)),
  unreadable('The list of volume backups', SYNC, all(/later-podvolumebackups\.json\.gz$/)),
  unreadable('The tarball', RESTORE, all(/later\.tar\.gz$/)),
  unreadable('The volume info', RESTORE, all(/later-volumeinfo\.json\.gz$/)),
  unreadable('The list of volume snapshots', RESTORE, all(/later-volumesnapshots\.json\.gz$/)),
  { ...DATA, ask: async (scene) => incompletely(await DATA.ask(scene)) },
  unreadable('A pack of metadata (q…)', CRYPTO, last(/kopia\/queue\/q/)),
  unreadable('An index (xn…)', CRYPTO, last(/kopia\/shop\/xn/)),
  unreadable('kopia.repository', REPOSITORY, all(/kopia\/queue\/kopia\.repository$/)),
  unreadable('udmrepo.Repository', REPOSITORY, all(/kopia\/queue\/udmrepo\.Repository$/)),
];
