import { veleroImages } from '../domain/velero-images.ts';
import { controlRegion } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import type { Assembly } from './assembly/assembly.ts';
import { importHandlers } from './assembly/functions.ts';
import { seed as seedCluster } from './cluster/load.ts';
import { buildHistory } from './history.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { Platform } from './platform.ts';
import { Twin } from './twin.ts';

/** From the deployment to the scenario's beginning: Velero is installed, the primary captured, the newest backups sealed. */
const PROLOGUE_MS = 15 * 60_000;
/** The primary's Kubernetes version; the standby's stack pins its own. */
const PRIMARY_VERSION = '1.35';
const POD_IDENTITY_AGENT = {
  'eks-pod-identity-agent': 'v1.3.10-eksbuild.1',
  'aws-ebs-csi-driver': 'v1.54.0-eksbuild.1',
};
/** Six nodes over three zones, large enough for a platform of some hundred pods. */
const NODES = 6;

export const OPERATOR = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/operator', session: 'operator' } as const;

/** A deployed and settled world. `startsAt` is the scenario's beginning. */
export type Setting = { twin: Twin; startsAt: number };

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
  buildPrimary(twin, platform);
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

/** The primary is people's own: no template of ours makes it. */
function buildPrimary(twin: Twin, { plan }: Platform): void {
  const { region, cluster } = plan.sites.primary;
  const loadBalancers = Object.fromEntries(
    plan.entryPoints.map(({ target, primary }) => [`${target.kind}/${target.namespace}/${target.name}`, primary]),
  );
  twin.eks.adopt({ name: cluster, region, version: PRIMARY_VERSION, addons: POD_IDENTITY_AGENT, loadBalancers });
  const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
  twin.cluster('primary').addNodes(
    ...Array.from({ length: NODES }, (_, index) => ({
      name: `ip-10-0-${index}-10.${region}.compute.internal`,
      zone: zones[index % 3] ?? '',
    })),
  );
}

type Image = { account: string; region: string; repository: string; tag: string };

/** The platform's own images, and copies of Velero's, lie in the primary's registry, and long in its replicas too. */
function pushImages(twin: Twin, objects: unknown[]): void {
  for (const { account, region, repository, tag } of imagesOf(objects))
    twin.ecr.push(region, repository, tag, { account, settled: true });
}

function imagesOf(objects: unknown[]): Image[] {
  const images: Image[] = [];
  const references = new Set(
    [...JSON.stringify(objects).matchAll(/"(\d{12}\.dkr\.ecr\.[^"]+)"/g)].map((match) => match[1] ?? ''),
  );
  for (const image of references) {
    const [, account = '', from = '', repository = '', tag] =
      /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)(?::([^@]+))?/.exec(image) ?? [];
    if (account !== '') images.push({ account, region: from, repository, tag: tag ?? 'latest' });
  }
  return images;
}

/** Both clusters are as the plan says. What never comes to that shows in the scenario. */
const isProtected = ({ invocations }: Twin): boolean =>
  (['primary', 'standby'] as const).every((site) =>
    invocations.of('protect-cluster').some(({ input, output }) => input?.site === site && output?.kind === 'ready'),
  );

/** As the README tells an operator to do after a deployment. */
function protect(twin: Twin): void {
  const region = controlRegion(twin.plan);
  const machine = `arn:aws:states:${region}:${twin.world.account}:stateMachine:lifeboat-${twin.plan.name}-protect`;
  const input = { stateMachineArn: machine, name: 'after-deployment', input: '{}' };
  twin.kernel.spawn(() =>
    twin.world.call({ caller: OPERATOR, from: 'internet', region, service: 'sfn', operation: 'StartExecution', input }),
  );
}

/** Seconds; a schedule given as cron is no shorter than an hour here. */
const shortestInterval = (plan: Plan): number =>
  Math.min(...plan.stores.backups.schedules.map((schedule) => schedule.every ?? 3600));
