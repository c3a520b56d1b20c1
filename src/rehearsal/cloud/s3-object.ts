import { hash } from 'node:crypto';

export type Body = Uint8Array | string | (() => Uint8Array);
export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export type Retention = { mode: 'GOVERNANCE' | 'COMPLIANCE'; until: number };

export type ObjectDetails = {
  key: string;
  versionId: string;
  /** Milliseconds since 1970: of the original's creation, also on a replica. */
  lastModified: number;
  body?: Body;
  /** Given where the body is lazy and its size is known without making it. */
  size?: number;
  deleteMarker?: boolean;
  metadata?: Record<string, string>;
  contentType?: string;
  tags?: string;
  retention?: Retention;
  legalHold?: boolean;
  /** A structure of the twin's own that stands for the bytes, such as what a tarball holds. */
  payload?: unknown;
  /** Of a replica: whose bytes it has. */
  original?: ObjectVersion;
  kmsKey?: string;
};

const EMPTY = new Uint8Array(0);

/** Of the same bytes once: replicas share theirs. */
const etags = new WeakMap<Uint8Array, string>();

function etagOf(bytes: Uint8Array): string {
  const etag = etags.get(bytes) ?? hash('md5', bytes);
  etags.set(bytes, etag);
  return etag;
}

/** One version of an object, or a delete marker. Its bytes and its ETag are made when somebody asks. */
export class ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: number;
  readonly deleteMarker: boolean;
  readonly metadata: Record<string, string>;
  readonly contentType: string;
  readonly tags: string | undefined;
  readonly payload: unknown;
  /** The customer's key that encrypts it, where one does. */
  readonly kmsKey: string | undefined;
  retention: Retention | undefined;
  legalHold: boolean;
  replicationStatus: ReplicationStatus | undefined;
  /** Of a replica, when it came: nothing that S3 tells, but what its world knows. */
  arrivedAt: number | undefined;
  readonly #original: ObjectVersion | undefined;
  #body: Body;
  #size: number | undefined;
  #etag: string | undefined;

  constructor(details: ObjectDetails) {
    this.key = details.key;
    this.versionId = details.versionId;
    this.lastModified = details.lastModified;
    this.deleteMarker = details.deleteMarker ?? false;
    this.metadata = details.metadata ?? {};
    this.contentType = details.contentType ?? 'application/octet-stream';
    this.tags = details.tags;
    this.payload = details.payload;
    this.kmsKey = details.kmsKey;
    this.retention = details.retention;
    this.legalHold = details.legalHold ?? false;
    this.#original = details.original;
    this.#body = details.body ?? EMPTY;
    this.#size = details.size;
  }

  /** What a payload stands for is large and seldom read: it is made again each time, rather than kept. */
  get bytes(): Uint8Array {
    if (this.#original !== undefined) return this.#original.bytes;
    if (typeof this.#body === 'function') {
      const made = this.#body();
      if (this.payload === undefined) this.#body = made;
      return made;
    }
    if (typeof this.#body === 'string') this.#body = Buffer.from(this.#body);
    return this.#body;
  }

  get size(): number {
    this.#size ??=
      this.#original?.size ?? (typeof this.#body === 'string' ? Buffer.byteLength(this.#body) : this.bytes.length);
    return this.#size;
  }

  /**
   * Without quotes: the MD5 digest, or what is none, where a customer's key encrypts it.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
   */
  get etag(): string {
    this.#etag ??= this.kmsKey === undefined ? this.digest : hash('md5', `${this.kmsKey} ${this.digest}`);
    return this.#etag;
  }

  get digest(): string {
    return this.#original?.digest ?? etagOf(this.bytes);
  }

  /**
   * The same version in another bucket: version id, creation time, metadata, tags and retention are kept. Its key is
   * the destination's.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
   */
  replica(kmsKey?: string): ObjectVersion {
    const { key, versionId, lastModified, deleteMarker, metadata, contentType, legalHold, payload } = this;
    const copy = new ObjectVersion({
      ...{ key, versionId, lastModified, deleteMarker, metadata, contentType, legalHold, payload },
      original: this,
      ...(kmsKey === undefined ? {} : { kmsKey }),
      ...(this.tags === undefined ? {} : { tags: this.tags }),
      ...(this.retention === undefined ? {} : { retention: this.retention }),
    });
    copy.replicationStatus = 'REPLICA';
    return copy;
  }
}
