import { type Seal, type SealedObject, type SealedRepository, tarballKey } from '../../src/domain/seal.ts';
import type { Listed } from '../../src/domain/sealing.ts';

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

const ORDERS = 'velero/kopia/orders/';

/** What a seal says of a repository: of all of it, unless it is told since when. */
export const repository = (
  folder: string,
  blobs: string[],
  change: Partial<SealedRepository> = {},
): SealedRepository => ({
  folder,
  since: null,
  added: blobs.map((blob) => object(`${folder}${blob}`)),
  removed: [],
  indexes: blobs.filter((blob) => blob.startsWith('x')).map((blob) => `${folder}${blob}`),
  ...change,
});

/** What one repository of the backups of these tests is sealed with. */
export const orders = (blobs: string[], change: Partial<SealedRepository> = {}): SealedRepository =>
  repository(ORDERS, blobs, change);

/** Every object that a seal names itself. */
export const named = ({ objects, repositories }: Seal): SealedObject[] => [
  ...objects,
  ...repositories.flatMap(({ added }) => added),
];

/** A seal of a backup of schedule `critical-5m`, begun `minutes` after the first. */
export function sealOf(minutes: number, change: Partial<Seal> = {}): Seal {
  const moment = new Date(BEGAN.getTime() + minutes * 60_000);
  const stamp = moment.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const backup = change.backup ?? `critical-5m-${stamp}`;
  return {
    version: 2,
    backup,
    schedule: 'critical-5m',
    moment: moment.toISOString(),
    sealedAt: new Date(moment.getTime() + 30_000).toISOString(),
    expiration: new Date(moment.getTime() + 24 * HOUR_MS).toISOString(),
    phase: 'Completed',
    namespaces: ['orders', 'ingress'],
    objects: [object(tarballKey(backup))],
    repositories: [orders(['p1', 'xn0_1'])],
    ...change,
  };
}
