import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { ProvenRepositories } from '../src/domain/arrival.ts';
import type { CataloguedPoint, ScheduleState } from '../src/domain/catalogue.ts';
import { backupOfKey, backupOfSeal, type Seal, type SealedObject, sealKey } from '../src/domain/seal.ts';
import type { CatalogueTable } from '../src/gateways/aws/catalogue-table.ts';
import type { Bucket } from '../src/gateways/aws/objects.ts';
import type { CapturedFacts } from '../src/gateways/captured-facts.ts';
import { RecoveryBucket } from '../src/gateways/recovery-bucket.ts';
import { beginJudging, type JudgeGiven } from '../src/operations/judge-backup.ts';
import { judgeRecoveryPoint } from '../src/operations/judge-recovery-point.ts';
import { sweepCatalogue } from '../src/operations/sweep-catalogue.ts';
import { parsePlan } from '../src/plan/parse.ts';
import type { Plan } from '../src/plan/schema.ts';
import { median, type Row } from './row.ts';

const FEW = 1_000;
const MANY = 10 * FEW;
const OBJECTS_EACH = 100;
const FILES_EACH = 10;
const FIRST = Date.parse('2026-01-01T00:00:00Z');
const SCHEDULE = 'critical';
const EVERY_MS = 300_000;
const EVENTS = 30;
/** Ten times as many may cost this much more where the cost should not depend on their number. */
const CONSTANT_MAX = 2;
/** And this much where it should grow with them, and no faster. */
const LINEAR_MAX = 15;
const SWEEP_MIB = 256;

/** What the catalogue costs with few recovery points, and with ten times as many: 10,000 points over 1,000,000 objects. */
export async function measureGrowth(): Promise<Row[]> {
  const few = await measure(FEW);
  const many = await measure(MANY);
  const objects = (MANY * OBJECTS_EACH).toLocaleString('en');
  const per = (sweepMs: number, count: number) => `${((1000 * sweepMs) / count / OBJECTS_EACH).toFixed(1)} µs`;
  return [
    {
      what: `an event, with ${FEW} and ${MANY} points catalogued`,
      measured: `${few.eventMs.toFixed(1)} → ${many.eventMs.toFixed(1)} ms`,
      budget: 'constant',
      misses: many.eventMs / few.eventMs > CONSTANT_MAX,
    },
    {
      what: `a sweep of as many new ones, an object (of ${objects})`,
      measured: `${per(few.sweepMs, FEW)} → ${per(many.sweepMs, MANY)}`,
      budget: 'linear',
      misses: many.sweepMs / few.sweepMs > LINEAR_MAX,
    },
    {
      what: '  and its memory at most, with all that the bench holds',
      measured: `${many.peakMiB.toFixed(0)} MiB`,
      budget: `under ${SWEEP_MIB} MiB`,
      misses: many.peakMiB > SWEEP_MIB,
    },
  ];
}

async function measure(count: number) {
  const plan = examplePlan();
  const standby = new Standby(count);
  standby.at = FIRST + (count + 1) * EVERY_MS;
  const judging = await beginJudging(standby.given);
  if (judging === undefined) throw new Error('the standby of the bench has a key');
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  await sweepCatalogue(judging, plan);
  const sweepMs = performance.now() - begun;
  const peakMiB = (standby.peakBytes - before) / 2 ** 20;
  if (standby.restorable !== count) throw new Error(`${standby.restorable} of ${count} points were called restorable`);
  const took: number[] = [];
  for (let event = 0; event < EVENTS; event++) {
    const key = sealKey(standby.arrive());
    const start = performance.now();
    await judgeRecoveryPoint(standby.given, { kind: 'arrived', key });
    took.push(performance.now() - start);
  }
  return { sweepMs, peakMiB, eventMs: median(took) };
}

function examplePlan(): Plan {
  const parsed = parsePlan(readFileSync('lifeboat.yaml', 'utf8'), 'lifeboat.yaml');
  if ('problems' in parsed) throw new Error('the example has a plan that cannot be read');
  const { plan } = parsed;
  const schedules = plan.stores.backups.schedules.filter(({ name }) => name === SCHEDULE);
  return { ...plan, stores: { ...plan.stores, backups: { ...plan.stores.backups, schedules } } };
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const NO_VOLUMES = gzipSync('[]');

/** A standby of so many sealed backups in which everything has arrived; nothing of it is held, all is worked out. */
class Standby {
  at = 0;
  peakBytes = 0;
  #count: number;
  readonly #points = new Map<string, CataloguedPoint>();
  readonly #proven: ProvenRepositories = new Map();
  #state: ScheduleState | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  get restorable(): number {
    return [...this.#points.values()].filter(({ verdict }) => verdict === 'restorable').length;
  }

  /** One more backup. */
  arrive(): string {
    this.#count += 1;
    this.at += EVERY_MS;
    return nameOf(this.#count - 1);
  }

  get given(): JudgeGiven {
    const captured: Pick<CapturedFacts, 'sealKey'> = {
      sealKey: async () => ({
        capturedAt: new Date(FIRST).toISOString(),
        publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      }),
    };
    return {
      replica: new RecoveryBucket(this.#bucket() as unknown as Bucket),
      captured: captured as CapturedFacts,
      catalogue: this.#catalogue() as unknown as CatalogueTable,
      clock: { now: () => new Date(this.at), sleep: () => Promise.resolve() },
    };
  }

  #bucket(): Partial<Bucket> {
    const text = (key: string) => {
      const sealed = backupOfSeal(key);
      return sealed === undefined ? metadata(key) : signedSeal(sealed);
    };
    return {
      readText: async (key) => text(key),
      read: async () => NO_VOLUMES,
      currentVersion: async (key) => ({ versionId: `v-${key}`, size: 1 }),
      keys: async (_, after = '') => {
        const newest = after === '' ? -1 : indexOf(backupOfSeal(after) ?? '');
        return Array.from({ length: this.#count - newest - 1 }, (_, index) => sealKey(nameOf(newest + 1 + index)));
      },
      listing: async (prefix) => ({
        objects: filesOf(backupOfKey(prefix) ?? '').map((object) => ({
          ...object,
          etag: 'e',
          lastModified: new Date(FIRST),
        })),
        deleted: [],
        firsts: new Map(),
      }),
    };
  }

  #catalogue(): Partial<CatalogueTable> {
    return {
      point: async (backup) => this.#points.get(backup),
      putPoint: async (known) => {
        this.#points.set(known.backup, known);
        if (this.#points.size % 100 === 0) this.peakBytes = Math.max(this.peakBytes, process.memoryUsage().rss);
      },
      open: async () => [],
      openPoints: async () => [],
      schedules: async () => (this.#state === undefined ? [] : [this.#state]),
      newestRestorable: async () => {
        const restorable = this.#state?.restorable;
        return restorable == null ? undefined : this.#points.get(restorable.backup);
      },
      changeSchedule: async (_, change) => {
        this.#state = change(this.#state);
      },
      repositories: async () => new Map(this.#proven),
      prove: async (folder, proof) => {
        this.#proven.set(folder, proof);
      },
    };
  }
}

const nameOf = (index: number): string =>
  `${SCHEDULE}-${new Date(FIRST + index * EVERY_MS).toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;

function indexOf(backup: string): number {
  const [, year, month, day, hour, minute] = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\d\d$/.exec(backup) ?? [];
  return (Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`) - FIRST) / EVERY_MS;
}

const objectAt = (key: string): SealedObject => ({ key, versionId: `v-${key}`, size: 1, checksum: 'e' });
const filesOf = (backup: string): SealedObject[] =>
  Array.from({ length: FILES_EACH }, (_, file) => objectAt(`velero/backups/${backup}/${file}`));

/** Since the one before it, and once a day whole, as the function beside the primary seals. */
function signedSeal(backup: string): string {
  const index = indexOf(backup);
  const folder = 'velero/kopia/knative-lambda/';
  const added = Array.from({ length: OBJECTS_EACH - FILES_EACH }, (_, blob) => objectAt(`${folder}p${index}-${blob}`));
  const moment = new Date(FIRST + index * EVERY_MS).toISOString();
  const seal: Seal = {
    version: 2,
    backup,
    schedule: SCHEDULE,
    moment,
    sealedAt: moment,
    expiration: '2027-01-01T00:00:00Z',
    phase: 'Completed',
    namespaces: ['knative-lambda'],
    objects: filesOf(backup),
    repositories: [{ folder, since: index === 0 ? null : nameOf(index - 1), added, removed: [], indexes: [] }],
  };
  const signature = sign('sha256', Buffer.from(JSON.stringify(seal)), privateKey).toString('base64');
  return JSON.stringify({ seal, signature });
}

const metadata = (key: string): string =>
  JSON.stringify({
    metadata: { name: backupOfKey(key) },
    spec: {},
    status: { phase: 'Completed', progress: { itemsBackedUp: 1 } },
  });
