import { type Listed, type Seal, type SealedObject, type SignedSeal, tarballKey } from '../../src/domain/seal.ts';

export const HOUR_MS = 3_600_000;
/** When the sealed backups of these tests began. */
export const BEGAN = new Date('2026-03-01T04:30:00Z');

export const object = (key: string, versionId = 'v1'): SealedObject => ({ key, versionId, size: 10, checksum: 'e' });

export const listed = (key: string, lastModified = BEGAN, versionId = 'v1'): Listed => ({
  key,
  versionId,
  size: 10,
  etag: 'e',
  lastModified,
});

/** A seal of a backup of schedule `critical-5m`, begun `minutes` after the first. */
export function sealOf(minutes: number, change: Partial<Seal> = {}): Seal {
  const moment = new Date(BEGAN.getTime() + minutes * 60_000);
  const stamp = moment.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const backup = `critical-5m-${stamp}`;
  return {
    version: 1,
    backup,
    schedule: 'critical-5m',
    moment: moment.toISOString(),
    sealedAt: new Date(moment.getTime() + 30_000).toISOString(),
    expiration: new Date(moment.getTime() + 24 * HOUR_MS).toISOString(),
    phase: 'Completed',
    namespaces: ['orders', 'ingress'],
    objects: [object(tarballKey(backup)), object('velero/kopia/orders/p1'), object('velero/kopia/orders/xn0_1')],
    ...change,
  };
}

export const signed = (seal: Seal): SignedSeal => ({ seal, signature: 'c2lnbmVk' });
