import type { Random } from '../../../kernel/random.ts';
import type { Content as VolumeContent } from '../../volumes.ts';
import type { Content } from '../object-store.ts';
import { indexName, mergedSession, packName, SIZES, seal, sessionOfSnapshot } from './blobs.ts';
import { formatKey } from './repository.ts';
import { type Manifest, mergedSnapshot, planSnapshot } from './snapshot.ts';
import { formatBlobs } from './writing.ts';

/** Where a blob of the past goes, and when it was written. */
export type PutBlob = (name: string, content: Content, at: number) => void;

/**
 * A namespace's repository with snapshots of the past, as hourly maintenance has left it: the newest snapshots have
 * packs and indexes of their own, older ones share them. Cheap: bytes are made when somebody reads them.
 */
export class PastRepository {
  readonly id: string;
  readonly #put: PutBlob;
  readonly #random: Random;
  readonly #merged: Manifest[] = [];
  readonly #mergedPacks = new Map<string, string>();
  readonly #latest = new Map<string, Manifest>();
  readonly #mergedSession: string;

  constructor(put: PutBlob, password: string, random: Random, createdAt: number) {
    this.#put = put;
    this.#random = random;
    this.id = Buffer.from(random.hex(64), 'hex').toString('base64');
    this.#mergedSession = mergedSession(random);
    for (const { name, body, size } of formatBlobs(this.id, formatKey(password, this.id)))
      put(name, { body, ...(size !== undefined && { size }) }, createdAt);
    put('udmrepo.Repository', { body: JSON.stringify({ uniqueID: this.id }) }, createdAt);
  }

  /** The newest snapshot of each volume, for whoever goes on writing. */
  get latest(): ReadonlyMap<string, Manifest> {
    return this.#latest;
  }

  snapshot(
    source: string,
    content: VolumeContent,
    at: number,
    recent: boolean,
  ): { id: string; incrementalBytes: number } {
    if (!recent) return this.#merge(source, content);
    const { manifest, incrementalBytes } = planSnapshot(source, content, this.#latest.get(source), this.#random);
    const session = sessionOfSnapshot(manifest.id);
    const data = manifest.files.find((file) => file.pack.endsWith(session))?.pack;
    if (data !== undefined) this.#lazily(data, { pack: data }, incrementalBytes + 200, at);
    this.#lazily(packName('q', session, this.#random), manifest, SIZES.snapshotPack, at);
    this.#lazily(indexName(session, this.#random.hex(32)), { session }, SIZES.snapshotIndex, at);
    this.#latest.set(source, manifest);
    return { id: manifest.id, incrementalBytes };
  }

  /** Writes what older snapshots share. To be called once, after them. */
  finish(at: number): void {
    if (this.#merged.length === 0) return;
    const session = this.#mergedSession;
    for (const [source, pack] of this.#mergedPacks) {
      const bytes = this.#merged.findLast((manifest) => manifest.source === source)?.content.bytes ?? 0;
      this.#lazily(pack, { pack }, bytes + 200, at);
    }
    this.#lazily(packName('q', session, this.#random), this.#merged, this.#merged.length * 400, at);
    this.#lazily(indexName(session, this.#random.hex(32)), { session }, this.#merged.length * 60, at);
  }

  #merge(source: string, content: VolumeContent): { id: string; incrementalBytes: number } {
    let pack = this.#mergedPacks.get(source);
    if (pack === undefined) {
      pack = packName('p', this.#mergedSession, this.#random);
      this.#mergedPacks.set(source, pack);
    }
    const manifest = mergedSnapshot(source, content, pack, this.#random.hex(32));
    const first = this.#latest.get(source) === undefined;
    this.#merged.push(manifest);
    this.#latest.set(source, manifest);
    return { id: manifest.id, incrementalBytes: first ? content.bytes : (manifest.files[0]?.bytes ?? 0) };
  }

  #lazily(name: string, value: unknown, size: number, at: number): void {
    this.#put(name, { body: () => Buffer.from(seal(this.id, value)), size }, at);
  }
}
