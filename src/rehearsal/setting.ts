import { veleroImages } from '../domain/velero-images.ts';
import type { Plan } from '../plan/schema.ts';
import { adoptBuckets } from './application-buckets.ts';
import type { Assembly } from './assembly/assembly.ts';
import { importHandlers } from './assembly/functions.ts';
import { seed as seedCluster } from './cluster/load.ts';
import { adoptPrimary, isProtected, protect, pushImages } from './deployment.ts';
import { buildHistory } from './history.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { Platform } from './platform.ts';
import { Twin } from './twin.ts';

/** From the deployment to the scenario's beginning: Velero is installed, the primary captured, the newest backups sealed. */
const PROLOGUE_MS = 15 * 60_000;
/** Six nodes over three zones, large enough for a platform of some hundred pods. */
const NODES = 6;

/** A deployed and settled world. */
export type Setting = {
  twin: Twin;
  /** The scenario's beginning. */
  startsAt: number;
  /** How long what follows is watched after all has come right, where it is not the usual time. */
  aftermathMs?: number;
};

/**
 * Deploys the assembly beside a primary that runs the platform, protects it as an operator would after a deployment,
 * and lets that settle. The seed shifts the beginning by up to one shortest backup interval.
 */
export async function setTheScene(
  platform: Platform,
  assembly: Assembly,
  seed: number,
  startsAt: number,
): Promise<Setting> {
  const { plan } = platform;
  const { endpoint } = plan.stores.backups;
  if (endpoint !== undefined) throw new NotSimulated(`the store at ${endpoint.url} (stores.backups.endpoint)`);
  const handlers = await importHandlers(assembly);
  const begins = startsAt - PROLOGUE_MS;
  const twin = new Twin(plan, assembly, handlers, String(seed), begins);
  const shift = Math.floor(twin.kernel.random.fork('shift').next() * shortestInterval(plan) * 1000);
  adoptPrimary(twin, plan);
  addNodes(twin, plan.sites.primary.region);
  adoptBuckets(twin, plan);
  twin.deploy(assembly);
  pushImages(twin, [...platform.objects, veleroImages(plan, 'primary', twin.world.account)]);
  seedCluster(twin.cluster('primary'), platform.objects);
  for (const service of [twin.elb, twin.cloudwatch, twin.route53]) service.settle();
  twin.scheduler.start();
  protect(twin);
  await twin.kernel.run(startsAt + shift, () => isProtected(twin));
  if (isProtected(twin)) buildHistory(twin, begins);
  await twin.kernel.run(startsAt + shift);
  return { twin, startsAt: startsAt + shift };
}

function addNodes(twin: Twin, region: string): void {
  const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
  twin.cluster('primary').addNodes(
    ...Array.from({ length: NODES }, (_, index) => ({
      name: `ip-10-0-${index}-10.${region}.compute.internal`,
      zone: zones[index % 3] ?? '',
    })),
  );
}

/** Seconds; a schedule given as cron is no shorter than an hour here. */
const shortestInterval = (plan: Plan): number =>
  Math.min(...plan.stores.backups.schedules.map((schedule) => schedule.every ?? 3600));
