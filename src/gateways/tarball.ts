import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';

/** Blocks of a tarball. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
const BLOCK = 512;
/** Many times what a Kubernetes object may have: etcd takes 1.5 MiB. */
const ENTRY_MAX = 64 * 1024 * 1024;
/** Types whose body is the next entry's longer name: PAX, and GNU's own. */
const PAX = 'x';
const GNU_LONG_NAME = 'L';
const FILES = new Set(['0', '\0']);

/** What a gzip stream holds. */
export type Unzip = (zipped: Uint8Array) => AsyncIterable<Buffer>;

/** Piece by piece: however large it is, little of it is in memory. */
export async function* unzipInPieces(zipped: Uint8Array): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const piped = pipeline(Readable.from([zipped]), gunzip);
  piped.catch(() => {}); // Told by the reading below as well.
  yield* gunzip;
  await piped;
}

/** In a rehearsal other threads have no time: there it must be done before anything else can be. */
const AT_ONCE_MAX = 1024 * 1024 * 1024;
export async function* unzipAtOnce(zipped: Uint8Array): AsyncGenerator<Buffer> {
  yield gunzipSync(zipped, { maxOutputLength: AT_ONCE_MAX });
}

/** The files of a gzipped tarball that are asked for, one at a time. Throws when it does not open to its very end. */
export async function* filesIn(
  zipped: Uint8Array,
  wanted: (path: string) => boolean,
  unzip: Unzip = unzipInPieces,
): AsyncGenerator<{ path: string; body: Uint8Array }> {
  const bytes = new ByteReader(unzip(zipped));
  let longName: string | undefined;
  for (;;) {
    const header = await bytes.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const { path, size, type } = headerOf(header);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    const name = longName ?? path;
    const meant = type === PAX || type === GNU_LONG_NAME || (FILES.has(type) && wanted(name));
    if (!meant) await bytes.skip(padded);
    else if (size > ENTRY_MAX) throw new Error(`${name} has ${size} bytes`);
    else {
      const body = (await bytes.take(padded)).subarray(0, size);
      if (type === PAX) longName = paxPath(body) ?? longName;
      else if (type === GNU_LONG_NAME) longName = textOf(body);
      else yield { path: name, body };
    }
    if (type !== PAX && type !== GNU_LONG_NAME) longName = undefined;
  }
  // The checksum of a gzip stream comes last.
  await bytes.drain();
}

function headerOf(header: Buffer): { path: string; size: number; type: string } {
  const field = (from: number, length: number): string => textOf(header.subarray(from, from + length));
  const size = Number.parseInt(field(124, 12).trim() || '0', 8);
  const told = Number.parseInt(field(148, 8).trim(), 8);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (told !== sum || !Number.isSafeInteger(size)) throw new Error('it is no tarball, or is damaged within');
  const prefix = field(345, 155);
  const name = field(0, 100);
  return { path: prefix === '' ? name : `${prefix}/${name}`, size, type: String.fromCharCode(header[156] ?? 0) };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replace(/\0.*$/s, '');

/** `<length> path=<path>\n`, among others. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
const paxPath = (body: Uint8Array): string | undefined => /^\d+ path=(.*)$/m.exec(textOf(body))?.[1];

/** Takes bytes off a stream, as many as are asked for. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0; ) {
      if (this.#held.length === 0 && !(await this.#more())) throw new Error('it ends early');
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.#held.length === 0 && !(await this.#more())) throw new Error('it ends early');
      const skipped = Math.min(left, this.#held.length);
      this.#held = this.#held.subarray(skipped);
      left -= skipped;
    }
  }

  async drain(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    this.#held = done === true ? Buffer.alloc(0) : value;
    return done !== true;
  }
}
