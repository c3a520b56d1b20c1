import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const CRITICAL = { folder: 'velero-1.18.2', name: 'critical-15m-20261120223000' };
export const CONFIGURATION = { folder: 'velero-1.18.2', name: 'config-hourly-20261120220000' };
export const MOVED = { folder: 'velero-1.18.2-moved', name: 'moved-20261120230000' };

export type RealBackup = typeof CRITICAL;

const FIXTURES = 'test/fixtures';
/** With data movement: named after the time of the write and its size. */
const EARLIER = { first: '224401-3252-velero-backup.json', second: '224706-3569-velero-backup.json' };

/** `velero-backup.json` as it was at the end, or as an earlier write left it. */
export function backupJson({ folder, name }: RealBackup, write: 'first' | 'second' | 'last' = 'last'): unknown {
  const file = write === 'last' ? `bucket/backups/${name}/velero-backup.json` : `earlier/${EARLIER[write]}`;
  return JSON.parse(readFileSync(`${FIXTURES}/${folder}/${file}`, 'utf8'));
}

export function zipped({ folder, name }: RealBackup, file: string): unknown {
  const bytes = readFileSync(`${FIXTURES}/${folder}/bucket/backups/${name}/${name}-${file}.json.gz`);
  return JSON.parse(gunzipSync(bytes).toString('utf8'));
}

export type Write = { at: Date; verb: 'PUT' | 'DELETE'; key: string };

/** Every write of a bucket, in order; keys with Velero's prefix, as they lie in ours. */
export function writesOf(folder: string): Write[] {
  const [, ...lines] = readFileSync(`${FIXTURES}/${folder}/writes.tsv`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [time = '', verb, key = ''] = line.split('\t');
    return { at: new Date(time), verb: verb === 'PUT' ? 'PUT' : 'DELETE', key: `velero/${key}` };
  });
}
