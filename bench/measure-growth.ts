import { readFileSync } from 'node:fs';
import {
  type Arrived,
  decidePoints,
  judgePoint,
  provenRepositories,
  type RecoveryPoint,
} from '../src/domain/recovery-points.ts';
import type { SealedObject, SignedSeal } from '../src/domain/seal.ts';
import { parsePlan } from '../src/plan/parse.ts';
import type { Plan } from '../src/plan/schema.ts';
import { median, type Row } from './row.ts';

const FEW = 500;
const MANY = 10 * FEW;
const OBJECTS_EACH = 40;
const NOW = new Date('2026-03-01T12:00:00Z');
/** Ten times as many may cost this much more where the cost should not depend on their number. */
const CONSTANT_MAX = 2;
/** And this much where it should grow with them, and no faster. */
const LINEAR_MAX = 15;

type World = { plan: Plan; seals: SignedSeal[]; arrived: Arrived; points: RecoveryPoint[] };

/** What choosing a recovery point costs among few points, and among ten times as many. */
export function measureGrowth(): Row[] {
  const few = worldOf(FEW);
  const many = worldOf(MANY);
  const judged = compare(judgeNewest, few, many);
  const decided = compare(decide, few, many);
  return [
    {
      what: `judging a new recovery point beside ${FEW} and ${MANY}`,
      measured: words(judged),
      budget: 'constant',
      misses: judged.ratio > CONSTANT_MAX,
    },
    {
      what: `deciding among ${FEW} and ${MANY} judged ones`,
      measured: words(decided),
      budget: 'linear at most',
      misses: decided.ratio > LINEAR_MAX,
    },
  ];
}

function judgeNewest({ seals, arrived }: World): void {
  const newest = seals.at(-1);
  if (newest === undefined) return;
  judgePoint(newest, true, arrived, provenRepositories([newest], arrived), NOW);
}

const decide = ({ plan, points }: World): unknown => decidePoints(plan, points, new Map(), NOW);

type Compared = { few: number; many: number; ratio: number };

function compare(work: (world: World) => unknown, few: World, many: World): Compared {
  const [a, b] = [microseconds(() => work(few)), microseconds(() => work(many))];
  return { few: a, many: b, ratio: b / a };
}

const words = ({ few, many, ratio }: Compared): string =>
  `${few.toFixed(0)} → ${many.toFixed(0)} µs, ${ratio.toFixed(1)} ×`;

function microseconds(work: () => unknown): number {
  const took: number[] = [];
  for (let round = 0; round < 60; round++) {
    const begun = performance.now();
    work();
    took.push(1000 * (performance.now() - begun));
  }
  return median(took.slice(20));
}

/** A point every five minutes, newest last, each with objects of its own and the blobs of one repository. */
function worldOf(count: number): World {
  const parsed = parsePlan(readFileSync('lifeboat.yaml', 'utf8'), 'lifeboat.yaml');
  if ('problems' in parsed) throw new Error('the example has a plan that cannot be read');
  const schedules = parsed.plan.stores.backups.schedules;
  const seals = Array.from({ length: count }, (_, index) => {
    const schedule = schedules[index % schedules.length];
    return sealOf(schedule?.name ?? '', new Date(NOW.getTime() - (count - index) * 300_000), index);
  });
  const arrived = new Map(
    seals.flatMap(({ seal }) => seal.objects.map(({ key, versionId, size }) => [key, { versionId, size }] as const)),
  );
  const proven = provenRepositories(seals, arrived);
  const points = seals.map((seal) => judgePoint(seal, true, arrived, proven, NOW));
  return { plan: parsed.plan, seals, arrived, points };
}

function sealOf(schedule: string, moment: Date, index: number): SignedSeal {
  const backup = `${schedule}-${moment.toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  const objects: SealedObject[] = Array.from({ length: OBJECTS_EACH }, (_, number) => ({
    key: number % 2 === 0 ? `velero/backups/${backup}/${number}` : `velero/kopia/store/p${index}-${number}`,
    ...{ versionId: `v${index}-${number}`, size: 1_000, checksum: 'e' },
  }));
  const times = { moment: moment.toISOString(), sealedAt: moment.toISOString(), expiration: '2027-03-01T12:00:00Z' };
  const seal = { version: 1 as const, backup, schedule, ...times, phase: 'Completed', namespaces: [], objects };
  return { seal, signature: 'c2lnbmVk' };
}
