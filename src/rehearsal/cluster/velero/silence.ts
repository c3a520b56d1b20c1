import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { resourceOf } from './kinds.ts';

/**
 * How a backup comes to hold none of the volumes' bytes and is Completed all the same.
 * - `skipped`: somebody's change takes the setting away by which schedules have volumes backed up: each volume is
 *   skipped, without an error. https://github.com/vmware-tanzu/velero/issues/8030
 *   Where snapshots are moved it says that there are to be none.
 * - `empty`: the node agent finds an empty directory where each volume should be, as without mount propagation
 *   (https://github.com/vmware-tanzu/velero/pull/569), and an empty volume is no error
 *   (https://github.com/vmware-tanzu/velero/issues/1266): it is Completed, without a snapshot.
 */
export type Silence = 'skipped' | 'empty';

const BLIND = new WeakSet<ControlPlane>();

/** A fault: the backups of this cluster hold no volumes, until the returned function is called. */
export function silenceBackups(cluster: ControlPlane, how: Silence): () => void {
  if (how === 'skipped') return unset(cluster);
  BLIND.add(cluster);
  return () => BLIND.delete(cluster);
}

/** Whether node agents see an empty directory in place of each volume. */
export const seesNoVolumes = (cluster: ControlPlane): boolean => BLIND.has(cluster);

/** Whoever keeps the schedules as they should be may set it right before. */
function unset({ store }: ControlPlane): () => void {
  const put = (schedule: KubeObject, change: KubeObject): void => {
    const { spec } = schedule;
    store.update({ ...schedule, spec: { ...spec, template: { ...spec.template, ...change } } });
  };
  const changed = store.list(resourceOf('Schedule')).flatMap((schedule) => {
    const [change, back] = silent(schedule.spec.template);
    if (change === undefined) return [];
    put(schedule, change);
    return [{ uid: schedule.metadata.uid, back }];
  });
  return () => {
    for (const { uid, back } of changed) {
      const schedule = store.byUid(uid);
      if (schedule !== undefined) put(schedule, back);
    }
  };
}

/** The setting and what it was; neither where no volumes are backed up anyway. */
function silent(template: KubeObject): [change: KubeObject, back: KubeObject] | [] {
  if (template.defaultVolumesToFsBackup === true)
    return [{ defaultVolumesToFsBackup: false }, { defaultVolumesToFsBackup: true }];
  return template.snapshotMoveData === true ? [{ snapshotVolumes: false }, { snapshotVolumes: true }] : [];
}
