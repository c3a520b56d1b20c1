import { hash, type Random } from '../../../kernel/random.ts';
import type { Content as VolumeContent } from '../../volumes.ts';
import { isNotFound, type ObjectStore } from '../object-store.ts';
import { isMerged, logName, markerName, open, SIZES, sessionOf, sessionOfSnapshot } from './blobs.ts';
import { mayBeDamaged } from './damage.ts';
import type { Manifest, Plan } from './snapshot.ts';
import { type Blob, formatBlobs, policySession, type Session, snapshotSessions, tombstone } from './writing.ts';

/** A volume whose data could not be read whole: what was read until then, and why no more. */
export class PartialData extends Error {
  override readonly name = 'PartialData';
  readonly bytes: number;
  constructor(message: string, bytes: number) {
    super(message);
    this.bytes = bytes;
  }
}

/** What was learnt of repositories while writing to them: the newest snapshot of each volume. kopia keeps such a cache. */
export type Knowledge = Map<string, Map<string, Manifest>>;

/** @param prefix empty, or with a slash at its end */
export const placeOf = (bucket: string, prefix: string, namespace: string): string => `${bucket}/${prefix}${namespace}`;

/**
 * The kopia repository of a namespace's volumes, below `kopia/<namespace>/` of a backup storage location.
 * Names, order and dependence of its blobs are those of Velero 1.18.2 with kopia 0.22.
 */
export class Repository {
  readonly #store: ObjectStore;
  readonly #path: string;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #knowledge: Map<string, Manifest>;
  readonly #mayBeDamaged: boolean;

  constructor(store: ObjectStore, namespace: string, random: Random, now: () => number, knowledge: Knowledge) {
    this.#store = store;
    this.#path = `kopia/${namespace}/`;
    this.#random = random;
    this.#now = now;
    const place = placeOf(store.bucket, store.prefix, namespace);
    const known = knowledge.get(place) ?? new Map();
    knowledge.set(place, known);
    this.#knowledge = known;
    this.#mayBeDamaged = mayBeDamaged(knowledge);
  }

  /** The repository's unique id; undefined when there is no repository. Throws when the password is another. */
  async connect(password: string): Promise<string | undefined> {
    try {
      const format = await this.#store.json(`${this.#path}kopia.repository`);
      if (format.encryptedBlockFormat !== formatKey(password, format.uniqueID))
        throw new Error('error to connect to storage: invalid repository password');
      if (this.#mayBeDamaged) await this.#checkMetadata();
      return format.uniqueID;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** It need not be there; where it is, it must be right. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/repository/udmrepo/kopialib/repo_init.go (GetRepositoryStatus) */
  async #checkMetadata(): Promise<void> {
    try {
      await this.#store.json(`${this.#path}udmrepo.Repository`);
    } catch (error) {
      if (!isNotFound(error)) throw new Error(`error to check backup repo: invalid udm repo blob: ${messageOf(error)}`);
    }
  }

  async initialize(password: string): Promise<string> {
    const id = Buffer.from(this.#random.hex(64), 'hex').toString('base64');
    for (const blob of formatBlobs(id, formatKey(password, id))) await this.#write(blob);
    await this.#session(policySession(id, this.#random));
    await this.#log();
    // Holds the unique id; new in Velero 1.18, and not needed to read.
    await this.#write({ name: 'udmrepo.Repository', body: JSON.stringify({ uniqueID: id }) });
    return id;
  }

  /** Writes a snapshot; answers its manifest and how many bytes of data were new. */
  async snapshot(id: string, source: string, content: VolumeContent): Promise<Plan> {
    if (this.#mayBeDamaged) await this.#checkReadable(id, await this.#blobs());
    const upload = snapshotSessions(id, source, content, this.#knowledge.get(source), this.#random);
    for (const session of upload.sessions) await this.#session(session);
    await this.#log();
    this.#knowledge.set(source, upload.manifest);
    return upload;
  }

  /**
   * What a snapshot holds. Every pack with metadata that an index names must be there, whichever snapshot it is of:
   * kopia loads all manifests when it opens the repository.
   */
  async read(id: string, snapshotId: string): Promise<VolumeContent> {
    const blobs = await this.#blobs();
    if (!blobs.has('kopia.repository'))
      throw new Error('error to open backup repo: unable to read format blob: BLOB not found');
    const sessions = sessionsOf(blobs);
    for (const session of sessions.indexed)
      if (!sessions.metadata.has(session))
        throw new Error(
          `Unable to load snapshot ${snapshotId}: unable to load manifest contents: error getting cached content: failed to get blob with ID q…-${session}: BLOB not found`,
        );
    if (this.#mayBeDamaged) await this.#checkReadable(id, blobs);
    const manifest = sessions.deleted.has(snapshotId) ? undefined : await this.#manifest(id, snapshotId, sessions);
    if (manifest === undefined) throw new Error(`Unable to load snapshot ${snapshotId}: snapshot not found`);
    await this.#readFiles(id, manifest, blobs, sessions.indexed);
    return manifest.content;
  }

  async #blobs(): Promise<Set<string>> {
    return new Set((await this.#store.keys(this.#path)).map((key) => key.slice(this.#path.length)));
  }

  /**
   * Whoever opens a repository reads its configuration and every index, and whoever looks for a snapshot every manifest:
   * one that cannot be read ends it. https://github.com/kopia/kopia/blob/v0.22.3/repo/format/format_manager.go,
   * repo/content/committed_content_index.go (fetchIndexBlobs), repo/manifest/committed_manifest_manager.go
   */
  async #checkReadable(id: string, blobs: Set<string>): Promise<void> {
    const { indexed, metadata } = sessionsOf(blobs);
    const config = blobs.has('kopia.blobcfg') ? ['kopia.blobcfg'] : [];
    const indexes = [...blobs].filter((blob) => blob.startsWith('xn'));
    const manifests = [...metadata].flatMap(([session, pack]) => (indexed.has(session) ? [pack] : []));
    const parts: [string[], string][] = [
      [config, 'error to open backup repo: deserialize blob config'],
      [indexes, 'error to open backup repo: error loading indexes: error downloading indexes'],
      [manifests, 'unable to load manifest contents: error getting cached content'],
    ];
    for (const [names, what] of parts) {
      const reasons = await Promise.all(names.map((name) => this.#unreadable(id, name)));
      const first = reasons.findIndex((reason) => reason !== undefined);
      if (first >= 0) throw new Error(`${what}: failed to get blob with ID ${names[first]}: ${reasons[first]}`);
    }
  }

  async #manifest(id: string, snapshotId: string, { indexed, metadata }: Sessions): Promise<Manifest | undefined> {
    const session = sessionOfSnapshot(snapshotId);
    const own = indexed.has(session) ? metadata.get(session) : undefined;
    if (own !== undefined) return open<Manifest>(id, (await this.#store.get(this.#path + own)).bytes);
    for (const [merged, pack] of metadata) {
      if (!isMerged(merged) || !indexed.has(merged)) continue;
      const manifests = open<Manifest[]>(id, (await this.#store.get(this.#path + pack)).bytes);
      const found = manifests.find((manifest) => manifest.id === snapshotId);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Removes a snapshot's manifest. Packs stay until maintenance is sure, a day later at the earliest. */
  async forget(id: string, snapshotId: string): Promise<void> {
    await this.#session(tombstone(id, snapshotId, this.#random));
  }

  async #readFiles(id: string, { files }: Manifest, blobs: Set<string>, indexed: Set<string>): Promise<void> {
    let bytes = 0;
    let problem: string | undefined;
    const readable = new Map<string, boolean>();
    for (const file of files) {
      let whole = readable.get(file.pack);
      if (whole === undefined) {
        const missing = !blobs.has(file.pack)
          ? 'BLOB not found'
          : indexed.has(sessionOf(file.pack))
            ? undefined
            : 'content not found';
        const why = missing ?? (await this.#unreadable(id, file.pack));
        problem ??= why === undefined ? undefined : `failed to get blob with ID ${file.pack}: ${why}`;
        whole = why === undefined;
        readable.set(file.pack, whole);
      }
      if (whole) bytes += file.bytes;
    }
    if (problem !== undefined)
      throw new PartialData(
        `Failed to copy snapshot data to the target: restore error: error copying: ${problem}`,
        bytes,
      );
  }

  async #unreadable(id: string, pack: string): Promise<string | undefined> {
    try {
      open(id, (await this.#store.get(this.#path + pack)).bytes);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** A marker stands for the session while it writes. */
  async #session({ id, blobs }: Session): Promise<void> {
    const marker = this.#path + markerName(id, this.#random);
    await this.#store.put(marker, { body: '{}' });
    for (const blob of blobs) await this.#write(blob);
    await this.#store.delete(marker);
  }

  #log(): Promise<void> {
    return this.#write({ name: logName(this.#now(), this.#random), body: '', size: SIZES.log });
  }

  #write({ name, body, size }: Blob): Promise<void> {
    return this.#store.put(this.#path + name, { body, ...(size !== undefined && { size }) });
  }
}

const messageOf = (error: unknown): string => (error as Error).message;

/** The block format is encrypted with a key made from the password; here the outcome alone is compared. */
export const formatKey = (password: string, id: string): string =>
  Buffer.from(
    [0, 1, 2, 3].map((part) => hash(`${part}${password}${id}`).toString(16).padStart(8, '0')).join(''),
  ).toString('base64');

/** Which sessions have an index and which a pack with metadata; and which snapshots are gone. */
type Sessions = { indexed: Set<string>; metadata: Map<string, string>; deleted: Set<string> };

function sessionsOf(blobs: Set<string>): Sessions {
  const indexed = new Set<string>();
  const metadata = new Map<string, string>();
  const deleted = new Set<string>();
  for (const blob of blobs) {
    if (blob.startsWith('q')) metadata.set(sessionOf(blob), blob);
    else if (blob.startsWith('xn')) {
      indexed.add(sessionOf(blob));
      deleted.add(blob.slice(4, 36));
    }
  }
  return { indexed, metadata, deleted };
}
