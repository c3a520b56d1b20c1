import { hash, type Random } from '../../../kernel/random.ts';

/**
 * What is inside a kopia blob, sealed as kopia's encryption seals it: whoever opens it with another repository's
 * key, or after somebody changed it, is told so. The bytes are the twin's own; names and sizes are kopia's.
 */
export function seal(repository: string, value: unknown): string {
  const text = JSON.stringify(value);
  return `${hash(repository + text).toString(16)}.${text}`;
}

export function open<Value>(repository: string, bytes: Uint8Array): Value {
  const sealed = Buffer.from(bytes).toString();
  const text = sealed.slice(sealed.indexOf('.') + 1);
  if (sealed !== `${hash(repository + text).toString(16)}.${text}`)
    throw new Error('unable to decrypt content: cipher: message authentication failed');
  return JSON.parse(text);
}

/** A session's id ends the names of the packs and indexes that it wrote. */
export const sessionOf = (blob: string): string => /-(s[0-9a-f]+)/.exec(blob)?.[1] ?? '';

/** The session that wrote a snapshot's manifest: here its name follows from the snapshot's id. */
export const sessionOfSnapshot = (snapshotId: string): string => `s${snapshotId.slice(0, 16)}147`;

export const newSession = (random: Random): string => `s${random.hex(16)}147`;

/** Maintenance writes many small packs and indexes of older snapshots again as one. */
export const mergedSession = (random: Random): string => `s00000000${random.hex(8)}147`;

export const isMerged = (session: string): boolean => session.startsWith('s00000000');

export const packName = (kind: 'p' | 'q', session: string, random: Random): string =>
  `${kind}${random.hex(32)}-${session}`;

export const indexName = (session: string, digits: string): string => `xn0_${digits}-${session}-c1`;

export const markerName = (session: string, random: Random): string => `s${random.hex(32)}-${session}`;

/** `_log_20261120221657_cbdc_1795213017_1795213017_1_<digest>` */
export function logName(now: number, random: Random): string {
  const second = Math.floor(now / 1000);
  const stamp = new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
  return `_log_${stamp}_${random.hex(4)}_${second}_${second}_1_${random.hex(32)}`;
}

/** The sizes that a policy's and a snapshot's metadata had in a bucket of Velero 1.18.2. */
export const SIZES = { policyPack: 4298, policyIndex: 143, snapshotPack: 4364, snapshotIndex: 499, log: 1190 } as const;
