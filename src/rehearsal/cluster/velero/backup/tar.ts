import { crc32 } from 'node:zlib';

/**
 * Tar and gzip as Velero writes them (Go's archive/tar and compress/gzip), but that nothing is compressed: who reads it
 * cannot tell, and it is made at every look. Times are zero, so that the same content has the same digest.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */

const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);
/** https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4 */
const STORED_MAX = 65_535;
const STORED_HEADER = 5;
/** https://www.rfc-editor.org/rfc/rfc1952#section-2.3: deflated, no flags, no time, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const GZIP_TRAILER = 8;

/** A file of an archive: its header, its bytes, and zeros up to a whole block. */
export function tarFile(path: string, body: Buffer): Buffer {
  const short = ustarName(path);
  const long = short === undefined ? entry(['PaxHeaders.0', ''], 'x', paxRecord('path', path)) : [];
  return Buffer.concat([...long, ...entry(short ?? [path.slice(0, 100), ''], '0', body)]);
}

function entry([name, prefix]: [string, string], type: string, body: Buffer): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write('0000755\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, body, Buffer.alloc(-body.length & (BLOCK - 1))];
}

/** The name and its prefix, where it fits into a header. */
function ustarName(path: string): [string, string] | undefined {
  if (Buffer.byteLength(path) !== path.length) return undefined;
  if (path.length <= 100) return [path, ''];
  const slash = path.lastIndexOf('/', 155);
  return slash > 0 && path.length - slash - 1 <= 100 ? [path.slice(slash + 1), path.slice(0, slash)] : undefined;
}

function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

export function tarGzip(files: Buffer[]): Buffer {
  const tar = Buffer.concat([...files, END]);
  const parts: Buffer[] = [GZIP_HEADER];
  for (let from = 0; from < tar.length; from += STORED_MAX) {
    const part = tar.subarray(from, from + STORED_MAX);
    const header = Buffer.alloc(STORED_HEADER);
    header[0] = from + STORED_MAX >= tar.length ? 1 : 0;
    header.writeUInt16LE(part.length, 1);
    header.writeUInt16LE(~part.length & 0xffff, 3);
    parts.push(header, part);
  }
  const trailer = Buffer.alloc(GZIP_TRAILER);
  trailer.writeUInt32LE(crc32(tar), 0);
  trailer.writeUInt32LE(tar.length, 4);
  return Buffer.concat([...parts, trailer]);
}
