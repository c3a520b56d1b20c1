import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';

const RESTORE = sourceOf('pkg/controller/restore_controller.go');
const WRITES = ['PUT', 'POST', 'DELETE'];

/** A restore where nothing may be written below some directories of the replica. */
const withoutWrites = (directories: string[]): Row<Scene> => ({
  title: `Writes are denied below ${directories.map((each) => `\`${each}/\``).join(', ')}`,
  source: RESTORE,
  ask: async (scene) => {
    await scene.copy();
    await scene.east.resync();
    const path = new RegExp(`^velero/(${directories.join('|')})/`);
    let tried = 0;
    const allow = scene.s3.refuse(({ method, bucket, key }) => {
      const no = bucket === scene.bucket && WRITES.includes(method) && path.test(key);
      if (no) tried++;
      return no;
    });
    const seen = await scene.restore();
    allow();
    return { ...seen, triedToWrite: tried > 0 };
  },
});

export const denied: Row<Scene>[] = [
  withoutWrites(['backups', 'kopia']),
  withoutWrites(['backups', 'kopia', 'restores']),
];
