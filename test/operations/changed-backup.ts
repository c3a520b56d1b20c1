import { gzipSync } from 'node:zlib';
import type { Seal } from '../../src/domain/seal.ts';
import { judgeBucket } from '../../src/operations/judge-bucket.ts';
import { type MemoryBucket, realBucket } from './memory-bucket.ts';
import { tarball } from './tar.ts';

export const AT = new Date('2026-11-20T22:40:00Z');
/** The point that is restorable without a seal, as it has no volumes. */
export const NAME = 'config-hourly-20261120220000';
export const FOLDER = `velero/backups/${NAME}/`;
export const CLAIM = 'resources/persistentvolumeclaims/namespaces/monitoring/data.json';
export const whole = realBucket('velero-1.18.2');

export const zipped = (value: unknown): Buffer => gzipSync(typeof value === 'string' ? value : JSON.stringify(value));
export const claim = (volumeName: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { volumeName } });

/** The bucket with another content of one of that backup's files. */
export const withFile = (file: string, bytes: Buffer | undefined): MemoryBucket =>
  whole.with(FOLDER + (file.startsWith('velero') ? file : `${NAME}${file}`), bytes);

// biome-ignore lint/suspicious/noExplicitAny: the file is changed into all that it should not be.
export function withMetadata(change: (backup: any) => void): MemoryBucket {
  const backup = JSON.parse(whole.files.get(`${FOLDER}velero-backup.json`)?.toString() ?? '');
  change(backup);
  return withFile('velero-backup.json', Buffer.from(JSON.stringify(backup)));
}

export async function judged(bucket: MemoryBucket, at = AT, seals = new Map<string, Seal>()) {
  const found = (await judgeBucket(bucket, seals, at)).find(({ point }) => point.name === NAME);
  if (found === undefined) throw new Error('it is not judged');
  return found.point;
}

/** Objects of the real tarball, without their copies by version. */
export const NOTHING_CLAIMED = { 'metadata/version': '1.1.0' };
export const items = (files: Record<string, string>): MemoryBucket => {
  const bucket = withMetadata((backup) => {
    backup.status.progress = { totalItems: 0, itemsBackedUp: 0 };
  }).with(`${FOLDER}${NAME}-resource-list.json.gz`, zipped({}));
  return bucket.with(`${FOLDER}${NAME}.tar.gz`, tarball({ ...NOTHING_CLAIMED, ...files }));
};
