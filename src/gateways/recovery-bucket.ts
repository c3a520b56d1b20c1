import { gunzipSync } from 'node:zlib';
import type * as z from 'zod';
import {
  podVolumeBackups,
  type ResourceList,
  resourceList,
  type VeleroBackup,
  type VolumeInfo,
  veleroBackup,
  volumeInfos,
} from '../domain/backup-files.ts';
import {
  backupFolder,
  backupJsonKey,
  backupOfSeal,
  SEAL_PREFIX,
  type SignedSeal,
  sealKey,
  signedSeal,
} from '../domain/seal.ts';
import { type SealedSoFar, sealedSoFar } from '../domain/sealing.ts';
import type { Bucket } from './aws/objects.ts';

/** A bucket that Velero writes to, or its replica: Velero's files of each backup, and our seals beside them. */
export class RecoveryBucket {
  readonly bucket: Bucket;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }

  /** A schedule's sealed backups, in order of time; those alone that are newer than one, if given. Stamps begin with 2. */
  async sealed(schedule: string, after?: string): Promise<string[]> {
    const keys = await this.bucket.keys(
      `${SEAL_PREFIX}${schedule}-2`,
      after === undefined ? undefined : sealKey(after),
    );
    return keys.flatMap((key) => backupOfSeal(key) ?? []).filter((backup) => isOf(schedule, backup));
  }

  /** Undefined when it is not there, or is no seal: then nothing is proven by it. */
  async seal(backup: string): Promise<SignedSeal | undefined> {
    const text = await this.bucket.readText(sealKey(backup));
    if (text === undefined) return undefined;
    return readAs(signedSeal, () => text);
  }

  async writeSeal(value: SignedSeal): Promise<void> {
    await this.bucket.write(sealKey(value.seal.backup), JSON.stringify(value));
  }

  /** How far a repository is sealed; undefined when it never was, or nobody can say. */
  async sealedSoFar(namespace: string): Promise<SealedSoFar | undefined> {
    const text = await this.bucket.readText(soFarKey(namespace));
    return text === undefined ? undefined : readAs(sealedSoFar, () => text);
  }

  async writeSealedSoFar(namespace: string, soFar: SealedSoFar): Promise<void> {
    await this.bucket.write(soFarKey(namespace), JSON.stringify(soFar));
  }

  /** Undefined when it is not there, or cannot be read; so it is with all files of a backup. */
  async backup(name: string): Promise<VeleroBackup | undefined> {
    const text = await this.bucket.readText(backupJsonKey(name));
    return text === undefined ? undefined : readAs(veleroBackup, () => text);
  }

  volumes = (backup: string): Promise<VolumeInfo[] | undefined> =>
    this.#zipped(backup, 'volumeinfo.json.gz', volumeInfos);

  resources = (backup: string): Promise<ResourceList | undefined> =>
    this.#zipped(backup, 'resource-list.json.gz', resourceList);

  /** How many file-system backups of volumes belong to it. */
  async podVolumeBackupCount(backup: string): Promise<number | undefined> {
    return (await this.#zipped(backup, 'podvolumebackups.json.gz', podVolumeBackups))?.length;
  }

  async #zipped<Schema extends z.ZodType>(
    backup: string,
    file: string,
    schema: Schema,
  ): Promise<z.infer<Schema> | undefined> {
    const bytes = await this.bucket.read(`${backupFolder(backup)}${backup}-${file}`);
    return bytes === undefined ? undefined : readAs(schema, () => gunzipSync(bytes).toString('utf8'));
  }
}

const soFarKey = (namespace: string): string => `lifeboat/repositories/${namespace}.json`;

/** Velero names a scheduled backup after its schedule and time; a name that begins alike may be another schedule's. */
const isOf = (schedule: string, backup: string): boolean => /^-\d{14}$/.test(backup.slice(schedule.length));

/** What is damaged is nobody's fault here, and proves nothing: a verdict is drawn from that, not an error. */
function readAs<Schema extends z.ZodType>(schema: Schema, text: () => string): z.infer<Schema> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text()));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
