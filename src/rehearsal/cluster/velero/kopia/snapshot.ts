import type { Random } from '../../../kernel/random.ts';
import type { Content } from '../../volumes.ts';
import { packName, sessionOfSnapshot } from './blobs.ts';

/** A part of a volume's data, and the pack that has it. */
type File = { pack: string; bytes: number };

/** What kopia's manifest and directories say of one snapshot. */
export type Manifest = { id: string; source: string; content: Content; files: File[]; changes: number };

/** In how many parts a volume's data is looked at. */
const FILES = 8;

/** What a new snapshot needs to be written, after an earlier one of the same volume. */
export type Plan = { manifest: Manifest; incrementalBytes: number };

/**
 * Data that has not changed is not written again: a snapshot refers to the packs of earlier ones. A first snapshot
 * writes everything, each later one an eighth, if anything was written to the volume in between.
 */
export function planSnapshot(source: string, content: Content, earlier: Manifest | undefined, random: Random): Plan {
  const id = random.hex(32);
  const unchanged = earlier !== undefined && same(earlier.content, content);
  if (unchanged) {
    const { files, changes } = earlier;
    return { manifest: { id, source, content, files, changes }, incrementalBytes: 0 };
  }
  const continued = earlier !== undefined && earlier.content.origin === content.origin && earlier.files.length > 0;
  const changes = continued ? earlier.changes + 1 : 0;
  const pack = packName('p', sessionOfSnapshot(id), random);
  const files = split(content.bytes).map((bytes, i): File => {
    const kept = continued && i !== changes % FILES ? earlier.files[i] : undefined;
    return { pack: kept?.pack ?? pack, bytes };
  });
  const incrementalBytes = files.reduce((sum, file) => sum + (file.pack === pack ? file.bytes : 0), 0);
  return { manifest: { id, source, content, files, changes }, incrementalBytes };
}

/** A snapshot whose data was moved into one pack with that of others. */
export function mergedSnapshot(source: string, content: Content, pack: string, id: string): Manifest {
  return { id, source, content, files: split(content.bytes).map((bytes) => ({ pack, bytes })), changes: 0 };
}

/** Equal parts, with what is left in the last; none of an empty volume. */
function split(total: number): number[] {
  if (total === 0) return [];
  const part = Math.floor(total / FILES);
  return Array.from({ length: FILES }, (_, i) => (i === FILES - 1 ? total - part * (FILES - 1) : part));
}

const same = (a: Content, b: Content): boolean =>
  a.lastWrite === b.lastWrite && a.bytes === b.bytes && a.origin === b.origin;
