import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { type Archive, emptyArchive, isItem, noteItem } from '../domain/archive.ts';
import { podVolumeBackups, resourceList, veleroBackup, volumeInfos } from '../domain/backup-files.ts';
import {
  type BackupContents,
  type Found,
  podVolumeBackupsKey,
  resourceListKey,
  volumeInfoKey,
} from '../domain/contents.ts';
import { backupJsonKey, tarballKey } from '../domain/seal.ts';
import { filesIn, type Unzip, unzipInPieces } from './tarball.ts';

/** Whatever objects can be read from; undefined when there is no such object. */
export type ObjectSource = { read(key: string): Promise<Uint8Array | undefined> };

/** Whatever holds the files of backups. */
export type BucketOfBackups = {
  /** Names of the folders that there are, in order. */
  backups(): Promise<string[]>;
  /** What the files of one say, as far as it matters now. */
  contents(name: string, now: Date): Promise<BackupContents>;
};

/** More than any list of Velero's has; a few bytes of gzip may claim to be as much as they like. */
const UNZIPPED_MAX = 256 * 1024 * 1024;

/** What a backup's own files say. Whatever is in them, nothing is thrown. */
export async function readContents(
  source: ObjectSource,
  name: string,
  now: Date,
  unzip: Unzip = unzipInPieces,
): Promise<BackupContents> {
  const zipped = (bytes: Uint8Array) => gunzipSync(bytes, { maxOutputLength: UNZIPPED_MAX });
  const json = <Value>(key: string, schema: z.ZodType<Value>, open = zipped) =>
    found(source, key, (bytes) => schema.parse(JSON.parse(new TextDecoder().decode(open(bytes)))));
  const metadata = await json(backupJsonKey(name), veleroBackup, (bytes) => Buffer.from(bytes));
  const { phase, expiration = '' } = metadata.kind === 'there' ? metadata.value.status : { phase: '' };
  // What is neither done nor alive is judged without.
  const decided = phase !== 'Completed' || Date.parse(expiration) <= now.getTime();
  return {
    name,
    metadata,
    volumes: await json(volumeInfoKey(name), volumeInfos),
    podVolumeBackups: await json(podVolumeBackupsKey(name), podVolumeBackups),
    resources: await json(resourceListKey(name), resourceList),
    archive: decided ? undefined : await found(source, tarballKey(name), (bytes) => archiveOf(bytes, unzip)),
  };
}

async function archiveOf(bytes: Uint8Array, unzip: Unzip): Promise<Archive> {
  const archive = emptyArchive();
  for await (const { path, body } of filesIn(bytes, isItem, unzip)) {
    try {
      noteItem(archive, path, JSON.parse(new TextDecoder().decode(body)));
    } catch (error) {
      throw new Error(`${path}: ${wordsOf(error)}`);
    }
  }
  return archive;
}

async function found<Value>(
  source: ObjectSource,
  key: string,
  parse: (bytes: Uint8Array) => Value | Promise<Value>,
): Promise<Found<Value>> {
  try {
    const bytes = await source.read(key);
    if (bytes === undefined) return { kind: 'absent' };
    if (bytes.length === 0) return { kind: 'damaged', reason: 'it is empty' };
    return { kind: 'there', value: await parse(bytes) };
  } catch (error) {
    return { kind: 'damaged', reason: wordsOf(error) };
  }
}

/** What is wrong with a file, on one line. */
function wordsOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const where = issue?.path.join('.');
    return `${where ? `${where}: ` : ''}${issue?.message ?? 'not what Velero writes'}`;
  }
  if (error instanceof SyntaxError) return 'it is no JSON';
  // What the operating system says goes on with the call and the whole path.
  const { message = String(error) } = error as Partial<Error>;
  return message.split(/\n|, /)[0] ?? message;
}
