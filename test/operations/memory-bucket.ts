import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupContents } from '../../src/domain/contents.ts';
import type { SealedObject } from '../../src/domain/seal.ts';
import type { Listing } from '../../src/domain/sealing.ts';
import { readContents } from '../../src/gateways/backup-contents.ts';

const FIXTURES = 'test/fixtures';
const PREFIX = 'velero/';

const checksums = new WeakMap<Uint8Array, string>();

function checksumOf(bytes: Uint8Array): string {
  const known = checksums.get(bytes) ?? createHash('md5').update(bytes).digest('hex');
  checksums.set(bytes, known);
  return known;
}

/** What the same files say is read once, however many buckets hold them. */
const contents = new Map<string, Promise<BackupContents>>();

/** A bucket as a map of keys (with our prefix) to bytes. */
export class MemoryBucket {
  readonly files: Map<string, Buffer>;

  constructor(files: Iterable<[string, Buffer]>) {
    this.files = new Map(files);
  }

  /** The same bucket with another content of one object, or without it. */
  with(key: string, bytes: Buffer | undefined): MemoryBucket {
    const changed = new MemoryBucket(this.files);
    if (bytes === undefined) changed.files.delete(key);
    else changed.files.set(key, bytes);
    return changed;
  }

  backups(): Promise<string[]> {
    const keys = [...this.files.keys()].filter((key) => key.startsWith(`${PREFIX}backups/`));
    return Promise.resolve([...new Set(keys.map((key) => key.split('/')[2] ?? ''))].sort());
  }

  read(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(key));
  }

  contents(name: string, now: Date): Promise<BackupContents> {
    const own = [...this.files].filter(([key]) => key.startsWith(`${PREFIX}backups/${name}/`));
    const same = JSON.stringify([name, now, own.map(([key, bytes]) => [key, checksumOf(bytes)])]);
    const read = contents.get(same) ?? readContents(this, name, now);
    contents.set(same, read);
    return read;
  }

  holds({ key, size, checksum }: SealedObject): boolean {
    const bytes = this.files.get(key);
    return bytes !== undefined && bytes.length === size && checksumOf(bytes) === checksum;
  }

  missingOf(objects: SealedObject[]): SealedObject[] {
    return objects.filter((object) => !this.holds(object));
  }

  listing(prefix: string): Listing {
    const found = [...this.files].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    const objects = found.map(([key, bytes]) => ({
      key,
      versionId: 'null',
      size: bytes.length,
      etag: checksumOf(bytes),
      lastModified: new Date(1),
    }));
    return { objects, deleted: [], firsts: new Map() };
  }
}

/** Every object of a real bucket, as it was at the end. */
export function realBucket(folder: string): MemoryBucket {
  const root = join(FIXTURES, folder, 'bucket');
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new MemoryBucket(paths.map((path) => [PREFIX + path.slice(root.length + 1), readFileSync(path)]));
}

type Write = { verb: string; key: string; bytes: Buffer };

/** Every write of a real bucket, in order, with what it wrote: what was overwritten or deleted since, as it was then. */
export function realWrites(folder: string): Write[] {
  const final = realBucket(folder).files;
  const earlier = readdirSync(join(FIXTURES, folder, 'earlier')).sort();
  const [, ...lines] = readFileSync(join(FIXTURES, folder, 'writes.tsv'), 'utf8')
    .trim()
    .split('\n');
  const writes = lines.map((line) => {
    const [, verb = '', path = ''] = line.split('\t');
    return { verb, key: PREFIX + path };
  });
  return writes.map(({ verb, key }, index) => {
    const later = writes.slice(index + 1).filter((write) => write.verb === 'PUT' && write.key === key).length;
    const [, , backup = '', file = ''] = key.split('/');
    const names = earlier.filter((name) => name === file || (name.endsWith(`-${file}`) && isOf(name, backup, file)));
    const bytes =
      later === 0 ? final.get(key) : readFileSync(join(FIXTURES, folder, 'earlier', names.at(-later) ?? ''));
    // Session markers were deleted at once; nothing reads them.
    return { verb, key, bytes: bytes ?? Buffer.from('marker') };
  });
}

/** Metadata of earlier writes is named after its backup, or after the time of the write and its size. */
const isOf = (name: string, backup: string, file: string): boolean =>
  name === `${backup}-${file}` || /^\d{6}-\d+-/.test(name);

/** A real bucket at the beginning, and after each of its writes. */
export function* realMoments(folder: string): Generator<MemoryBucket> {
  const writes = realWrites(folder);
  const written = new Set(writes.map(({ key }) => key));
  let bucket = new MemoryBucket([...realBucket(folder).files].filter(([key]) => !written.has(key)));
  yield bucket;
  for (const { verb, key, bytes } of writes) {
    bucket = bucket.with(key, verb === 'PUT' ? bytes : undefined);
    yield bucket;
  }
}
