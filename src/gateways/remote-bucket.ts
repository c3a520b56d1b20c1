import type { BackupContents } from '../domain/contents.ts';
import { backupOfSeal, SEAL_PREFIX, type SealedObject, type SignedSeal, VELERO_PREFIX } from '../domain/seal.ts';
import type { Bucket } from './aws/objects.ts';
import { readContents } from './backup-contents.ts';
import { RecoveryBucket } from './recovery-bucket.ts';

const BACKUPS = `${VELERO_PREFIX}backups/`;

/** A bucket of S3, looked at once: which versions are there is what was listed. */
export class RemoteBucket {
  readonly #bucket: Bucket;
  readonly #prefix: string;
  readonly #versions = new Map<string, string>();

  /** @param prefix Velero's in this bucket: empty, or ending with a slash */
  constructor(bucket: Bucket, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Lists the backups and those repositories. */
  async look(repositories: string[]): Promise<void> {
    for (const folder of [BACKUPS, ...new Set(repositories)]) {
      const { objects } = await this.#bucket.listing(this.placeOf(folder));
      for (const { key, versionId } of objects)
        this.#versions.set(VELERO_PREFIX + key.slice(this.#prefix.length), versionId);
    }
  }

  placeOf(key: string): string {
    return `${this.#prefix}${key.slice(VELERO_PREFIX.length)}`;
  }

  /** The seals beside Velero's prefix. Where Velero has the whole bucket there are none. */
  async seals(): Promise<SignedSeal[]> {
    const keys = this.#prefix === '' ? [] : await this.#bucket.keys(SEAL_PREFIX);
    const recovery = new RecoveryBucket(this.#bucket);
    const seals: SignedSeal[] = [];
    for (const backup of keys.flatMap((key) => backupOfSeal(key) ?? [])) {
      const seal = await recovery.seal(backup);
      if (seal?.seal.backup === backup) seals.push(seal);
    }
    return seals;
  }

  backups(): Promise<string[]> {
    const folders = [...this.#versions.keys()].filter((key) => key.startsWith(BACKUPS));
    return Promise.resolve([...new Set(folders.map((key) => key.slice(BACKUPS.length).split('/')[0] ?? ''))].sort());
  }

  contents(name: string, now: Date): Promise<BackupContents> {
    return readContents({ read: (key) => this.#bucket.read(this.placeOf(key)) }, name, now);
  }

  missingOf(objects: SealedObject[]): SealedObject[] {
    return objects.filter(({ key, versionId }) => this.#versions.get(key) !== versionId);
  }
}
