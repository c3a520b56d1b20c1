import { gzipSync } from 'node:zlib';
import type { ProvenRepositories } from '../../src/domain/arrival.ts';
import type { CataloguedPoint, ScheduleState } from '../../src/domain/catalogue.ts';
import { backupFolder, backupJsonKey, type SealedObject, type SignedSeal, sealKey } from '../../src/domain/seal.ts';
import type { StoreAge } from '../../src/domain/store-ages.ts';
import type { CatalogueTable } from '../../src/gateways/aws/catalogue-table.ts';
import type { Bucket } from '../../src/gateways/aws/objects.ts';
import type { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { BEGAN } from '../domain/sealed.ts';

/** A bucket in memory, with what it was asked for. */
class MemoryBucket {
  readonly objects = new Map<string, { versionId: string; size: number; body: Uint8Array }>();
  calls = 0;

  put(key: string, versionId: string, body: string | Uint8Array = '', size?: number): void {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    this.objects.set(key, { versionId, size: size ?? bytes.length, body: bytes });
  }

  read = async (key: string) => this.#called(() => this.objects.get(key)?.body);
  readText = async (key: string) => {
    const bytes = await this.read(key);
    return bytes && new TextDecoder().decode(bytes);
  };
  currentVersion = async (key: string) => this.#called(() => this.objects.get(key));
  keys = async (prefix: string, after = '') =>
    this.#called(() => [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted());
  hide = async (key: string) => this.#called(() => this.objects.delete(key));
  listing = async (prefix: string) =>
    this.#called(() => ({
      objects: [...this.objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { versionId, size }]) => ({ key, versionId, size, etag: 'e', lastModified: BEGAN })),
      deleted: [],
      firsts: new Map(),
    }));

  #called<T>(answer: () => T): T {
    this.calls += 1;
    return answer();
  }
}

/** A catalogue in memory. */
class MemoryCatalogue {
  readonly points = new Map<string, CataloguedPoint>();
  readonly opened = new Set<string>();
  readonly states = new Map<string, ScheduleState>();
  readonly proven: ProvenRepositories = new Map();
  readonly written: { at: Date; ages: StoreAge[] }[] = [];

  point = async (backup: string) => this.points.get(backup);
  newest = async (schedule: string, limit: number) =>
    [...this.points.values()]
      .filter((known) => known.schedule === schedule)
      .toSorted((a, b) => b.backup.localeCompare(a.backup))
      .slice(0, limit);
  putPoint = async (known: CataloguedPoint, open: boolean) => {
    this.points.set(known.backup, known);
    if (open) this.opened.add(known.backup);
    else this.opened.delete(known.backup);
  };
  open = async () => [...this.opened].toSorted();
  openPoints = async () => [...this.points.values()].filter(({ backup }) => this.opened.has(backup));
  schedules = async () => [...this.states.values()];
  newestRestorable = async (schedule: string) => {
    const restorable = this.states.get(schedule)?.restorable;
    return restorable == null ? undefined : this.points.get(restorable.backup);
  };
  changeSchedule = async (schedule: string, change: (state: ScheduleState | undefined) => ScheduleState) => {
    this.states.set(schedule, change(this.states.get(schedule)));
  };
  repositories = async () => new Map(this.proven);
  prove = async (folder: string, proof: { at: number; backup: string }) => {
    if (proof.at > (this.proven.get(folder)?.at ?? 0)) this.proven.set(folder, proof);
  };
  writeAges = async (at: Date, ages: StoreAge[]) => {
    this.written.push({ at, ages });
  };
  ages = async (limit: number) =>
    this.written
      .toReversed()
      .slice(0, limit)
      .map(({ at, ages }) => ({ at: at.toISOString(), ages }));
  verifications = async () => [];
}

/** The standby as the judges of recovery points see it, in memory; and the hand that lets things arrive there. */
export function standbyOf(key: string) {
  let publicKey = key;
  const bucket = new MemoryBucket();
  const catalogue = new MemoryCatalogue();
  let now = new Date(BEGAN.getTime() + 20 * 60_000);
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const captured: Pick<CapturedFacts, 'sealKey' | 'git'> = {
    sealKey: async () => ({ capturedAt: BEGAN.toISOString(), publicKey }),
    git: async () => undefined,
  };
  return {
    bucket,
    catalogue,
    given: {
      replica: new RecoveryBucket(bucket as unknown as Bucket),
      captured: captured as CapturedFacts,
      catalogue: catalogue as unknown as CatalogueTable,
      clock,
    },
    at: (time: Date) => {
      now = time;
    },
    capture: (other: string) => {
      publicKey = other;
    },
    arrive: (...objects: SealedObject[]) => {
      for (const { key, versionId, size } of objects) bucket.put(key, versionId, bodyOf(key), size);
    },
    seal: (signed: SignedSeal) => bucket.put(sealKey(signed.seal.backup), 's', JSON.stringify(signed)),
  };
}

/** What the judges read of a backup's own files: that it backed up one item, and had no volumes. */
function bodyOf(key: string): string | Uint8Array {
  if (key.endsWith('-volumeinfo.json.gz')) return gzipSync('[]');
  if (!key.endsWith('/velero-backup.json')) return '';
  const name = key.split('/').at(-2) ?? '';
  return JSON.stringify({
    metadata: { name },
    spec: {},
    status: { phase: 'Completed', progress: { itemsBackedUp: 1 } },
  });
}

/** The files that a backup of these tests has. */
export const filesOf = (backup: string): SealedObject[] =>
  [
    `${backupFolder(backup)}${backup}.tar.gz`,
    `${backupFolder(backup)}${backup}-volumeinfo.json.gz`,
    backupJsonKey(backup),
  ].map((key) => ({ key, versionId: 'v1', size: 10, checksum: 'e' }));
