import { gunzipSync, gzipSync } from 'node:zlib';
import { remembered } from '../../kernel/remembered.ts';
import type { KubeObject } from '../host.ts';
import type { Process } from './process.ts';
import { refuse } from './refuse.ts';

/** What is written: text, bytes, or something to be made when somebody reads it, with the size that it will have. */
export type Content = { body: string | Uint8Array | (() => Uint8Array); size?: number; payload?: unknown };

/** What is read. `payload` is the twin's own structure that stands for the bytes of a tarball. */
export type Stored = { bytes: Uint8Array; payload: unknown };

/** A message of the AWS plugin, which runs as a process of its own and talks gRPC. */
class StoreError extends Error {
  override readonly name = 'StoreError';
  /** The object does not exist. */
  readonly notFound: boolean;
  constructor(message: string, notFound: boolean) {
    super(message);
    this.notFound = notFound;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof StoreError && error.notFound;

/** The top-level directories that a Velero bucket may have. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/persistence/object_store_layout.go */
const DIRECTORIES = ['backups', 'restores', 'restic', 'metadata', 'plugins', 'kopia'];

/** Keys of its configuration that the AWS plugin knows; any other is refused. velero-plugin-for-aws v1.14.2, object_store.go */
const CONFIG_KEYS = [
  ...['region', 's3Url', 'publicUrl', 'kmsKeyId', 'customerKeyEncryptionFile', 'customerKeyEncryptionSecret'],
  ...['s3ForcePathStyle', 'signatureVersion', 'credentialsFile', 'profile', 'serverSideEncryption'],
  ...['insecureSkipTLSVerify', 'enableSharedConfig', 'tagging', 'checksumAlgorithm', 'bucket', 'prefix', 'caCert'],
];

/** The bucket of a BackupStorageLocation, through its plugin. */
export class ObjectStore {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly #process: Process;
  readonly #location: KubeObject;

  constructor(process: Process, location: KubeObject) {
    this.#process = process;
    this.#location = location;
    const { bucket = '', prefix = '' } = location.spec.objectStorage ?? {};
    this.bucket = bucket;
    const trimmed = prefix.replace(/^\/+|\/+$/g, '');
    this.prefix = trimmed === '' ? '' : `${trimmed}/`;
  }

  /** What is wrong with the location itself, before S3 is asked. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/persistence/object_store.go */
  problem(): string | undefined {
    const { spec } = this.#location;
    if (!spec.objectStorage) return 'backup storage location does not use object storage';
    if (!spec.provider) return 'object storage provider name must not be empty';
    if (this.bucket === '') return "backup storage location's bucket name must not be empty";
    if (this.bucket.includes('/'))
      return `backup storage location's bucket name ${JSON.stringify(this.bucket)} must not contain a '/' (if using a prefix, put it in the 'Prefix' field instead)`;
    if (spec.provider !== 'aws' && spec.provider !== 'velero.io/aws')
      return `unable to locate ObjectStore plugin named ${spec.provider.includes('/') ? spec.provider : `velero.io/${spec.provider}`}`;
    const unknown = Object.keys(spec.config ?? {}).find((key) => !CONFIG_KEYS.includes(key));
    if (unknown !== undefined) return `rpc error: code = Unknown desc = config has invalid keys [${unknown}]`;
    return undefined;
  }

  /** Throws when the bucket cannot be listed, or holds a directory at its root that is not Velero's. */
  async validate(): Promise<void> {
    const problem = this.problem();
    if (problem !== undefined) throw new Error(problem);
    const directories = await this.directories('');
    const foreign = directories.filter((name) => !DIRECTORIES.includes(name));
    if (foreign.length > 3)
      throw new Error(
        `Backup store contains ${foreign.length} invalid top-level directories: [${foreign.slice(0, 3).join(' ')} ...]`,
      );
    if (foreign.length > 0)
      throw new Error(`Backup store contains invalid top-level directories: [${foreign.join(' ')}]`);
  }

  /** The names of what lies directly below `path` and has something below it. */
  async directories(path: string): Promise<string[]> {
    const start = this.prefix + path;
    const names: string[] = [];
    for await (const page of this.#pages({ Prefix: start, Delimiter: '/' }))
      for (const { Prefix } of page.CommonPrefixes ?? []) names.push(Prefix.slice(start.length, -1));
    return names;
  }

  /** The keys below `path`, without the location's prefix. */
  async keys(path: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.#pages({ Prefix: this.prefix + path }))
      for (const { Key } of page.Contents ?? []) keys.push(Key.slice(this.prefix.length));
    return keys;
  }

  async put(key: string, content: Content): Promise<void> {
    const { body, size, payload } = content;
    await this.#call('PutObject', {
      Key: this.prefix + key,
      Body: body,
      ...(size !== undefined && { Size: size }),
      ...(payload !== undefined && { Payload: payload }),
    });
  }

  async get(key: string): Promise<Stored> {
    const answer = await this.#call('GetObject', { Key: this.prefix + key });
    return { bytes: await answer.Body.transformToByteArray(), payload: answer.Payload };
  }

  async json(key: string): Promise<KubeObject> {
    const { bytes } = await this.get(key);
    return JSON.parse(Buffer.from(bytes).toString());
  }

  /** A gzipped JSON file; undefined where there is none. */
  async zipped(key: string): Promise<KubeObject | undefined> {
    if (!(await this.exists(key))) return undefined;
    const { bytes } = await this.get(key);
    return JSON.parse(gunzipSync(bytes).toString());
  }

  /** HEAD. Only "not found" means absent: whoever may not list the bucket is told "forbidden", and that is an error. */
  async exists(key: string): Promise<boolean> {
    try {
      await this.#call('HeadObject', { Key: this.prefix + key });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#call('DeleteObject', { Key: this.prefix + key });
  }

  async *#pages(input: Record<string, unknown>): AsyncGenerator<KubeObject> {
    let token: string | undefined;
    do {
      const page = await this.#call('ListObjectsV2', { ...input, ...(token && { ContinuationToken: token }) });
      yield page;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async #call(operation: string, input: Record<string, unknown>): Promise<KubeObject> {
    const { s3Url } = this.#location.spec.config ?? {};
    if (s3Url !== undefined) refuse(this.#process.cluster.host, `the store at ${s3Url}`);
    // A request signed for another region than the bucket's is redirected, which the plugin does not follow.
    const region = this.#location.spec.config?.region;
    if (region !== undefined && region !== this.#process.cluster.host.region)
      throw new StoreError(plugin(operation, 301, 'PermanentRedirect', 'The bucket is in another region'), false);
    try {
      return await this.#process.aws('s3', operation, { Bucket: this.bucket, ...input });
    } catch (error) {
      const { name, message, status } = error as { name: string; message: string; status?: number };
      const gone = name === 'NoSuchKey' || name === 'NotFound';
      throw new StoreError(plugin(operation, status ?? 0, name, message), gone);
    }
  }
}

const plugin = (operation: string, status: number, name: string, message: string): string =>
  `rpc error: code = Unknown desc = operation error S3: ${operation}, https response error StatusCode: ${status}, api error ${name}: ${message}`;

/** Sizes matter to nobody here. */
const FASTEST = { level: 1 };

/** Most files of a backup are those of the one before. */
const gzipped = remembered((text) => gzipSync(text, FASTEST));

/** JSON, gzipped when somebody reads it; the header carries no time, so the same content has the same digest. */
export const zipped = (value: unknown): Content => zippedLazily(() => value);

export const zippedLazily = (make: () => unknown): Content => ({ body: () => gzipped(`${JSON.stringify(make())}\n`) });

export const zippedText = (make: () => string): Content => ({ body: () => gzipSync(make(), FASTEST) });
