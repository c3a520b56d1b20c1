import { createHash } from 'node:crypto';
import { closeSync, type Dirent, opendirSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupContents } from '../domain/contents.ts';
import { type SealedObject, VELERO_PREFIX } from '../domain/seal.ts';
import type { Listed, Listing } from '../domain/sealing.ts';
import { readContents } from './backup-contents.ts';

/** Local times say when a copy was made, not when Velero wrote: everything counts as written once, long ago. */
const LONG_AGO = new Date(1);
/** A copy has no versions. */
const UNVERSIONED = 'null';
const READ_AT_ONCE = 1 << 20;
/** Nothing can lie under a file, or by such a name. */
const NOWHERE = new Set(['ENOTDIR', 'ENAMETOOLONG']);

/**
 * A directory that holds a bucket's objects, read as a bucket. Keys are those of our own buckets, in which Velero has
 * the prefix `velero/`; `placeOf` tells where in this one they lie.
 */
export class LocalBucket {
  readonly #root: string;
  readonly #prefix: string;
  readonly #buffer = Buffer.allocUnsafe(READ_AT_ONCE);

  /** @param prefix Velero's in this bucket: empty, or ending with a slash */
  constructor(root: string, prefix: string) {
    this.#root = root;
    this.#prefix = prefix;
  }

  placeOf(key: string): string {
    return key.startsWith(VELERO_PREFIX) ? `${this.#prefix}${key.slice(VELERO_PREFIX.length)}` : key;
  }

  /** Names of the folders under `backups/`, in order. A folder without anything in it is none: objects have no folders. */
  backups(): Promise<string[]> {
    const folder = `${VELERO_PREFIX}backups/`;
    const names: string[] = [];
    for (const entry of this.#entries(folder))
      if (this.#isFolder(`${folder}${entry.name}`, entry) && !this.#isEmpty(`${folder}${entry.name}/`))
        names.push(entry.name);
    return Promise.resolve(names.sort());
  }

  contents(name: string, now: Date): Promise<BackupContents> {
    return readContents(this, name, now);
  }

  /** Undefined when there is no such object. Throws when there is something that cannot be read. */
  async read(key: string): Promise<Uint8Array | undefined> {
    return this.#stat(key) === undefined ? undefined : readFileSync(this.#path(key));
  }

  /** Of the objects asked for, those that do not lie here with that size and checksum. */
  missingOf(objects: SealedObject[]): SealedObject[] {
    return objects.filter(({ key, size, checksum }) => {
      try {
        const stat = this.#stat(key);
        return stat?.size !== size || this.#checksum(key) !== checksum;
      } catch {
        return true;
      }
    });
  }

  /** Every object under a prefix, in order of keys. */
  listing(prefix: string): Listing {
    const objects: Listed[] = [];
    for (const key of this.#keys(prefix)) {
      const stat = this.#stat(key);
      if (stat === undefined) continue;
      const etag = this.#checksum(key);
      objects.push({ key, versionId: UNVERSIONED, size: stat.size, etag, lastModified: LONG_AGO });
    }
    return { objects: objects.sort((a, b) => (a.key < b.key ? -1 : 1)), deleted: [], firsts: new Map() };
  }

  /** Links to folders are not followed: they may lead in circles. */
  *#keys(folder: string): Generator<string> {
    for (const entry of this.#entries(folder)) {
      if (entry.isDirectory()) yield* this.#keys(`${folder}${entry.name}/`);
      else yield `${folder}${entry.name}`;
    }
  }

  /** One entry at a time, however many there are. */
  *#entries(folder: string): Generator<Dirent> {
    if (this.#stat(folder.slice(0, -1), 'folder') === undefined) return;
    const directory = opendirSync(this.#path(folder), { bufferSize: 1024 });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
    } finally {
      directory.closeSync();
    }
  }

  #isEmpty(folder: string): boolean {
    for (const _ of this.#entries(folder)) return false;
    return true;
  }

  #isFolder(key: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink()) return entry.isDirectory();
    try {
      return this.#stat(key, 'folder') !== undefined;
    } catch {
      return false;
    }
  }

  /** Undefined when there is nothing of that kind; only files are objects: a pipe would never end. */
  #stat(key: string, kind: 'file' | 'folder' = 'file'): Stats | undefined {
    if (!isSafe(this.placeOf(key))) return undefined;
    try {
      const stat = statSync(this.#path(key), { throwIfNoEntry: false });
      return (kind === 'file' ? stat?.isFile() : stat?.isDirectory()) ? stat : undefined;
    } catch (error) {
      if (NOWHERE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }

  #checksum(key: string): string {
    const digest = createHash('md5');
    const file = openSync(this.#path(key), 'r');
    try {
      for (let count = readSync(file, this.#buffer); count > 0; count = readSync(file, this.#buffer))
        digest.update(this.#buffer.subarray(0, count));
    } finally {
      closeSync(file);
    }
    return digest.digest('hex');
  }

  #path(key: string): string {
    return join(this.#root, this.placeOf(key));
  }
}

/** A key is a name, not a path: one that leads upwards lies nowhere. */
const isSafe = (place: string): boolean =>
  place.split('/').every((part) => part !== '..' && part !== '.' && part !== '');
