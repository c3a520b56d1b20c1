import { type Ecr, parseEcrReference } from './ecr.ts';
import type { EksCluster } from './eks-cluster.ts';
import type { Caller } from './service.ts';
import type { World } from './world.ts';

/** https://github.com/distribution/reference/blob/main/reference.go, without the limit on length */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9-]+)*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** AWS's own registries, which hold the add-ons' images. https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html */
const ADD_ON_REGISTRIES: ReadonlySet<string> = new Set([
  '602401143452',
  '900889452093',
  '877085696533',
  '800184023465',
  '590381155156',
]);

/** Why a node of that cluster cannot pull the image now, as its kubelet says it; nothing where it can. */
export function imageProblem(world: World, ecr: Ecr, cluster: EksCluster, image: string): string | undefined {
  if (!REFERENCE.test(image))
    return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
  const reference = parseEcrReference(image);
  // Registries outside AWS are taken to be there.
  if (reference === undefined) return undefined;
  const failed = (why: string): string => `Failed to pull image "${image}": ${why}`;
  const host = `${reference.account}.dkr.ecr.${reference.region}.amazonaws.com`;
  if (!world.network.reaches(cluster.settings.region, reference.region))
    return failed(
      `failed to resolve reference "${image}": failed to do request: Head "https://${host}/v2/": dial tcp: i/o timeout`,
    );
  if (ADD_ON_REGISTRIES.has(reference.account)) return undefined;
  const denied = pullDenied(
    world,
    cluster,
    `arn:aws:ecr:${reference.region}:${reference.account}:repository/${reference.repository}`,
    reference.region,
  );
  if (denied !== undefined) return failed(`failed to authorize: 403 Forbidden (${denied})`);
  const strikes = world.faults.strike({ service: 'ecr', operation: 'BatchGetImage', region: reference.region });
  if (strikes.some(({ kind }) => kind === 'error' || kind === 'throttle'))
    return failed(`unexpected status from HEAD request to https://${host}/v2/: 500`);
  return ecr.has(image) ? undefined : failed(`failed to resolve reference "${image}": ${image}: not found`);
}

/** Nodes pull with their own role. https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
function pullDenied(world: World, { settings }: EksCluster, repositoryArn: string, region: string): string | undefined {
  if (settings.nodeRoleArn === undefined) return undefined;
  const caller: Caller = { kind: 'role', arn: settings.nodeRoleArn, session: 'node' };
  return (
    world.judge(caller, { action: 'ecr:GetAuthorizationToken', resource: '*' }, region) ??
    world.judge(caller, { action: 'ecr:BatchGetImage', resource: repositoryArn }, region)
  );
}
