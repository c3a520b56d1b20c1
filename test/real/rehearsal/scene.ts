import { veleroImages } from '../../../src/domain/velero-images.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import type { Assembly } from '../../../src/rehearsal/assembly/assembly.ts';
import { importHandlers } from '../../../src/rehearsal/assembly/functions.ts';
import { adoptPrimary, isProtected, protect, pushImages } from '../../../src/rehearsal/deployment.ts';
import type { Platform } from '../../../src/rehearsal/platform.ts';
import type { RehearseOptions } from '../../../src/rehearsal/rehearse-options.ts';
import type { Setting } from '../../../src/rehearsal/setting.ts';
import { Twin } from '../../../src/rehearsal/twin.ts';
import { startReplicator } from '../s3/replicator.ts';
import { backUp, notYetRestorable } from './backups.ts';
import { realBuckets } from './buckets.ts';
import { install } from './install.ts';
import type { RealParts } from './parts.ts';
import { RealCluster } from './real-cluster.ts';
import { RealTime } from './real-time.ts';

const MINUTE_MS = 60_000;
const PROTECTED_WITHIN_MS = 10 * MINUTE_MS;
const PROVEN_WITHIN_MS = 20 * MINUTE_MS;
const PODS_WITHIN_MS = 3 * MINUTE_MS;
/** Between the moment at which all is ready and the first fault. */
const BREATH_MS = 5_000;
const AFTERMATH_MS = 15_000;

export type RealScene = { setting: Setting; primary: RealCluster; standby: RealCluster };
export type Tell = (what: string) => void;

/**
 * Deploys the assembly beside a primary that really runs the platform, protects it, and has a first backup of every
 * schedule proven in the standby. The scenario then begins so that the first that happens in it happens at once.
 */
export async function setTheRealScene(
  platform: Platform,
  assembly: Assembly,
  { scenario, seed }: RehearseOptions,
  parts: RealParts,
  tell: Tell,
): Promise<RealScene> {
  const { plan } = platform;
  const kernel = new RealTime(String(seed), Date.now());
  parts.onStop(async () => kernel.end());
  const clusters = new Map<string, RealCluster>();
  const cluster = (host: ConstructorParameters<typeof RealCluster>[0]): RealCluster => {
    const machinery = parts.machinery.get(host.region);
    if (machinery === undefined) throw new Error(`no real cluster for ${host.region}`);
    const made = new RealCluster(host, machinery);
    parts.onStop(() => made.ended());
    clusters.set(host.region, made);
    return made;
  };
  const twin = new Twin(plan, assembly, await importHandlers(assembly), String(seed), Date.now(), { kernel, cluster });
  adoptPrimary(twin, plan);
  twin.deploy(assembly);
  pushImages(twin, [...platform.objects, veleroImages(plan, 'primary', twin.world.account)]);
  const [primary, standby] = sitesOf(plan, clusters);
  connectBuckets(twin, parts);
  tell('putting the platform into the primary');
  await install(primary.api, platform.objects);
  await waitFor(twin, PODS_WITHIN_MS, 'its pods to run', () => notRunning(primary));
  primary.startWriting();
  for (const service of [twin.elb, twin.cloudwatch, twin.route53]) service.settle();
  twin.scheduler.start();
  tell('having Velero installed in both clusters by the machine `protect`');
  protect(twin);
  await waitFor(twin, PROTECTED_WITHIN_MS, 'protection', () =>
    isProtected(twin) ? [] : ['a cluster is not as the plan says'],
  );
  tell('backing up, sealing, replicating and judging');
  const backups = await backUp(primary, plan);
  await waitFor(twin, PROVEN_WITHIN_MS, 'what was backed up to be restorable', () => notYetRestorable(twin, backups));
  const happens = [...scenario.faults, ...scenario.operator].map(({ at }) => at * 1000);
  const startsAt = kernel.now + BREATH_MS - (happens.length === 0 ? 0 : Math.min(...happens));
  return { setting: { twin, startsAt, aftermathMs: AFTERMATH_MS }, primary, standby };
}

function sitesOf({ sites }: Plan, clusters: Map<string, RealCluster>): [RealCluster, RealCluster] {
  const primary = clusters.get(sites.primary.region);
  const standby = clusters.get(sites.standby.region);
  if (primary === undefined || standby === undefined)
    throw new Error('the deployment made no cluster in one of the sites');
  return [primary, standby];
}

/** What is written to the primary's bucket is copied for as long as its region is there. */
function connectBuckets(twin: Twin, { store }: RealParts): void {
  const { world, plan } = twin;
  const { bucket, replica } = plan.stores.backups;
  world.register(realBuckets(twin, store, [bucket, replica]));
  const replicator = startReplicator({ store, from: bucket, to: replica, deleteMarkers: true });
  world.network.onLoss((region) => {
    if (region === plan.sites.primary.region) replicator.stop();
  });
  twin.s3.replication.onHoldBack((heldBack) => replicator.hold((key, versionId) => heldBack(bucket, key, versionId)));
}

/** @param lacking what is not yet so */
async function waitFor(twin: Twin, withinMs: number, what: string, lacking: () => string[]): Promise<void> {
  const { kernel, invocations } = twin;
  await kernel.run(kernel.now + withinMs, () => lacking().length === 0);
  const still = lacking();
  if (still.length === 0) return;
  const errors = invocations.all.flatMap(({ folder, error }) => (error === undefined ? [] : [`${folder}: ${error}`]));
  const why = [...still, ...errors.slice(-1)].join('; ');
  throw new Error(`waited ${withinMs / MINUTE_MS} min for ${what}, in vain: ${why}`);
}

function notRunning({ store }: RealCluster): string[] {
  const pods = store.list('pods');
  if (pods.length === 0) return ['there are no pods'];
  const others = pods.filter(({ status }) => !['Running', 'Succeeded'].includes(status?.phase));
  return others.map(({ metadata, status }) => `${metadata.namespace}/${metadata.name} is ${status?.phase}`);
}
