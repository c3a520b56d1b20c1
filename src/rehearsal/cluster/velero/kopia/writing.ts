import type { Random } from '../../../kernel/random.ts';
import type { Content } from '../../volumes.ts';
import { indexName, newSession, packName, SIZES, seal, sessionOfSnapshot } from './blobs.ts';
import { type Manifest, planSnapshot } from './snapshot.ts';

export type Blob = { name: string; body: string; size?: number };
export type Session = { id: string; blobs: Blob[] };

/** `kopia.blobcfg` and `kopia.repository`. */
export function formatBlobs(id: string, formatKey: string): Blob[] {
  const format = {
    tool: 'https://github.com/kopia/kopia',
    buildVersion: 'v0-unofficial',
    buildInfo: '-(unknown_revision)',
    uniqueID: id,
    keyAlgo: 'scrypt-65536-8-1',
    encryption: 'AES256_GCM',
    encryptedBlockFormat: formatKey,
  };
  return [
    { name: 'kopia.blobcfg', body: seal(id, {}), size: 30 },
    { name: 'kopia.repository', body: `${JSON.stringify(format, undefined, 2)}\n` },
  ];
}

/** Each upload begins with a session that writes the policy alone. */
export function policySession(id: string, random: Random): Session {
  const session = newSession(random);
  const pack = packName('q', session, random);
  return {
    id: session,
    blobs: [
      { name: pack, body: seal(id, { policy: 'global' }), size: SIZES.policyPack },
      { name: indexName(session, random.hex(32)), body: seal(id, { packs: [pack] }), size: SIZES.policyIndex },
    ],
  };
}

/** The two sessions of an upload, the second with the data, the directories and the manifest. */
export function snapshotSessions(
  id: string,
  source: string,
  content: Content,
  earlier: Manifest | undefined,
  random: Random,
): { sessions: Session[]; manifest: Manifest; incrementalBytes: number } {
  const { manifest, incrementalBytes } = planSnapshot(source, content, earlier, random);
  const session = sessionOfSnapshot(manifest.id);
  const metadata = packName('q', session, random);
  const data = manifest.files.find((file) => file.pack.endsWith(session))?.pack;
  const blobs: Blob[] = [];
  if (data !== undefined) blobs.push({ name: data, body: seal(id, { pack: data }), size: incrementalBytes + 200 });
  blobs.push({ name: metadata, body: seal(id, manifest), size: SIZES.snapshotPack });
  const packs = data === undefined ? [metadata] : [data, metadata];
  blobs.push({ name: indexName(session, random.hex(32)), body: seal(id, { packs }), size: SIZES.snapshotIndex });
  return { sessions: [policySession(id, random), { id: session, blobs }], manifest, incrementalBytes };
}

/** A deletion is written down in a new index, which here names the snapshot that is gone. */
export function tombstone(id: string, snapshotId: string, random: Random): Session {
  const session = newSession(random);
  const blobs = [
    { name: packName('q', session, random), body: seal(id, { deleted: snapshotId }), size: SIZES.policyPack },
    { name: indexName(session, snapshotId), body: seal(id, { deleted: snapshotId }), size: SIZES.policyIndex },
  ];
  return { id: session, blobs };
}
