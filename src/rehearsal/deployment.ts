import { controlRegion } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import type { Twin } from './twin.ts';

/** The primary's Kubernetes version; the standby's stack pins its own. */
const PRIMARY_VERSION = '1.35';
const ADD_ONS = { 'eks-pod-identity-agent': 'v1.3.10-eksbuild.1', 'aws-ebs-csi-driver': 'v1.54.0-eksbuild.1' };
/** Which README asks for where volumes go by snapshots. */
const FOR_SNAPSHOTS = { 'snapshot-controller': 'v8.3.0-eksbuild.1' };

export const OPERATOR = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/operator', session: 'operator' } as const;

/** The primary is people's own: no template of ours makes it. */
export function adoptPrimary(twin: Twin, plan: Plan): void {
  const { region, cluster } = plan.sites.primary;
  const loadBalancers = Object.fromEntries(
    plan.entryPoints.map(({ target, primary }) => [`${target.kind}/${target.namespace}/${target.name}`, primary]),
  );
  const addons = { ...ADD_ONS, ...(plan.stores.backups.volumes === 'snapshots' && FOR_SNAPSHOTS) };
  twin.eks.adopt({ name: cluster, region, version: PRIMARY_VERSION, addons, loadBalancers });
}

type Image = { account: string; region: string; repository: string; tag: string };

/** The platform's own images, and copies of Velero's, lie in the primary's registry, and long in its replicas too. */
export function pushImages(twin: Twin, objects: unknown[]): void {
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
export const isProtected = ({ invocations }: Twin): boolean =>
  (['primary', 'standby'] as const).every((site) =>
    invocations.of('protect-cluster').some(({ input, output }) => input?.site === site && output?.kind === 'ready'),
  );

/** As the README tells an operator to do after a deployment. */
export function protect(twin: Twin): void {
  const region = controlRegion(twin.plan);
  const machine = `arn:aws:states:${region}:${twin.world.account}:stateMachine:lifeboat-${twin.plan.name}-protect`;
  const input = { stateMachineArn: machine, name: 'after-deployment', input: '{}' };
  twin.kernel.spawn(() =>
    twin.world.call({ caller: OPERATOR, from: 'internet', region, service: 'sfn', operation: 'StartExecution', input }),
  );
}
