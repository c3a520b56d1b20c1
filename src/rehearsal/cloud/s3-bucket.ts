import type { ObjectVersion } from './s3-object.ts';
import type { BucketSettings } from './s3-settings.ts';

/**
 * Keys stand in the order of their UTF-8, which is JavaScript's own but for what lies beyond U+D7FF.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
 */
export const isBefore = (a: string, b: string): boolean =>
  ORDERED_OTHERWISE.test(a) || ORDERED_OTHERWISE.test(b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : a < b;

const ORDERED_OTHERWISE = /[\ud800-\uffff]/;

/** A bucket and the versions of its objects, with its keys in order. */
export class Bucket {
  readonly settings: BucketSettings;
  /** Newest first. */
  readonly #versions = new Map<string, ObjectVersion[]>();
  readonly #keys: string[] = [];

  constructor(settings: BucketSettings) {
    this.settings = settings;
  }

  get name(): string {
    return this.settings.name;
  }

  get region(): string {
    return this.settings.region;
  }

  get arn(): string {
    return `arn:aws:s3:::${this.settings.name}`;
  }

  /** The current version, be it a delete marker. */
  latest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.[0];
  }

  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** Newest first. */
  versionsOf(key: string): readonly ObjectVersion[] {
    return this.#versions.get(key) ?? [];
  }

  /** Versions stand in the order of their creation, so an older one that arrives late does not become current. */
  add(version: ObjectVersion): void {
    const versions = this.#versions.get(version.key);
    if (versions === undefined) {
      this.#versions.set(version.key, [version]);
      this.#insertKey(version.key);
      return;
    }
    if (!this.settings.versioned) versions.length = 0;
    const place = versions.findIndex((older) => older.lastModified <= version.lastModified);
    versions.splice(place < 0 ? versions.length : place, 0, version);
  }

  remove(version: ObjectVersion): void {
    const versions = this.#versions.get(version.key);
    const place = versions?.indexOf(version) ?? -1;
    if (versions === undefined || place < 0) return;
    versions.splice(place, 1);
    if (versions.length > 0) return;
    this.#versions.delete(version.key);
    this.#keys.splice(this.#firstNotBefore(version.key), 1);
  }

  /** Keys with a prefix, in order, from `from` on. */
  *keys(prefix: string, from: string = prefix): Generator<string> {
    for (let index = this.#firstNotBefore(isBefore(prefix, from) ? from : prefix); index < this.#keys.length; index++) {
      const key = this.#keys[index] as string;
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  #insertKey(key: string): void {
    const last = this.#keys.at(-1);
    if (last === undefined || isBefore(last, key)) this.#keys.push(key);
    else this.#keys.splice(this.#firstNotBefore(key), 0, key);
  }

  #firstNotBefore(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#keys[middle] as string, key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
