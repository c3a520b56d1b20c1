import { gzipSync } from 'node:zlib';

const BLOCK = 512;
const SUM_FROM = 148;

function header(path: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path.slice(0, 100), 0);
  block.write('0000755\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(' '.repeat(8), SUM_FROM);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, SUM_FROM);
  return block;
}

const padded = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc(-body.length & (BLOCK - 1))]);

function entry(path: string, text: string): Buffer[] {
  const body = Buffer.from(text);
  const own = [header(path, body.length, '0'), padded(body)];
  if (path.length <= 100) return own;
  // A longer name goes ahead, as Go writes it.
  const line = (length: number) => `${length} path=${path}\n`;
  const record = Buffer.from(line(` path=${path}\n`.length + 3));
  return [header('PaxHeaders.0/long', record.length, 'x'), padded(record), ...own];
}

/** A gzipped tarball of these files. @param end whether it is closed with its two empty blocks */
export const tarball = (files: Record<string, string>, end = true): Buffer =>
  gzipSync(
    Buffer.concat([
      ...Object.entries(files).flatMap(([path, text]) => entry(path, text)),
      ...(end ? [Buffer.alloc(2 * BLOCK)] : []),
    ]),
  );
