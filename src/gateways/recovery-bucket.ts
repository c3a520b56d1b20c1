import { gunzipSync } from 'node:zlib';
import {
  podVolumeBackups,
  type ResourceList,
  resourceList,
  type VeleroBackup,
  type VolumeInfo,
  veleroBackup,
  volumeInfos,
} from '../domain/backup-files.ts';
import { backupFolder, backupJsonKey, SEAL_PREFIX, type SignedSeal, sealKey, signedSeal } from '../domain/seal.ts';
import type { Bucket } from './aws/objects.ts';

/** A bucket that Velero writes to, or its replica: Velero's files of each backup, and our seals beside them. */
export class RecoveryBucket {
  readonly bucket: Bucket;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }

  /** Names of the sealed backups. */
  async sealed(): Promise<string[]> {
    const keys = await this.bucket.keys(SEAL_PREFIX);
    return keys.map((key) => key.slice(SEAL_PREFIX.length).replace(/\.json$/, ''));
  }

  /** Undefined when it is not there, or is no seal: then nothing is proven by it. */
  async seal(backup: string): Promise<SignedSeal | undefined> {
    const text = await this.bucket.readText(sealKey(backup));
    if (text === undefined) return undefined;
    const parsed = signedSeal.safeParse(jsonOrUndefined(text));
    return parsed.success ? parsed.data : undefined;
  }

  async writeSeal(value: SignedSeal): Promise<void> {
    await this.bucket.write(sealKey(value.seal.backup), JSON.stringify(value));
  }

  async backup(name: string): Promise<VeleroBackup | undefined> {
    const text = await this.bucket.readText(backupJsonKey(name));
    return text === undefined ? undefined : veleroBackup.parse(JSON.parse(text));
  }

  async volumes(backup: string): Promise<VolumeInfo[] | undefined> {
    const value = await this.#zipped(backup, 'volumeinfo.json.gz');
    return value === undefined ? undefined : volumeInfos.parse(value);
  }

  async resources(backup: string): Promise<ResourceList | undefined> {
    const value = await this.#zipped(backup, 'resource-list.json.gz');
    return value === undefined ? undefined : resourceList.parse(value);
  }

  /** How many file-system backups of volumes belong to it; undefined when their list has not arrived. */
  async podVolumeBackupCount(backup: string): Promise<number | undefined> {
    const value = await this.#zipped(backup, 'podvolumebackups.json.gz');
    return value === undefined ? undefined : podVolumeBackups.parse(value).length;
  }

  async #zipped(backup: string, file: string): Promise<unknown> {
    const bytes = await this.bucket.read(`${backupFolder(backup)}${backup}-${file}`);
    return bytes === undefined ? undefined : JSON.parse(gunzipSync(bytes).toString('utf8'));
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
