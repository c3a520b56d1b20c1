import type { PointVolume } from '../../src/domain/backup-files.ts';

/** A volume of a recovery point whose bytes can be had elsewhere. */
export const volume = (name: string, change: Partial<PointVolume> = {}): PointVolume => ({
  namespace: 'orders',
  name,
  portable: true,
  optedOut: false,
  bytes: 100,
  reason: 'PodVolumeBackup',
  ...change,
});

/** One whose bytes stay in their region. */
export const stuck = (name: string) =>
  volume(name, { portable: false, reason: 'CSISnapshot: its bytes stay in the region' });
