import { backupOf } from '../platform.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';
import type { Seen } from '../seen.ts';

const BACKUP = sourceOf('pkg/controller/backup_controller.go');
const RESTORE = sourceOf('pkg/controller/restore_controller.go');

async function refusal({ east }: Scene, kind: 'Backup' | 'Restore', name: string): Promise<Seen> {
  const { status } = await east.ended(kind, name);
  return { [kind.toLowerCase()]: status.phase, because: (status.validationErrors ?? []).join('; ') };
}

export const refused: Row<Scene>[] = [
  {
    title: 'A backup is to go to a read-only location',
    source: BACKUP,
    ask: async (scene) => {
      await scene.east.make([backupOf('here')]);
      return refusal(scene, 'Backup', 'here');
    },
  },
  {
    title: 'A backup is to go to a location that is not there',
    source: BACKUP,
    ask: async (scene) => {
      const backup = backupOf('nowhere');
      await scene.east.make([{ ...backup, spec: { ...backup.spec, storageLocation: 'unheard-of' } }]);
      return refusal(scene, 'Backup', 'nowhere');
    },
  },
  {
    title: 'A backup to restore is not known',
    source: RESTORE,
    ask: async (scene) => refusal(scene, 'Restore', await scene.begin('unheard-of')),
  },
  {
    title: 'The resource modifiers of a restore are not there',
    source: RESTORE,
    ask: async (scene) => {
      await scene.copy();
      await scene.east.resync();
      const more = { resourceModifier: { kind: 'configmap', name: 'unheard-of' } };
      return refusal(scene, 'Restore', await scene.begin('later', more));
    },
  },
];
