import type { ClusterHost, Serve, Target } from '../cluster/host.ts';
import { hash } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import { type Ec2, zonesOf } from './ec2.ts';
import type { Ecr } from './ecr.ts';
import type { EksCluster, PodIdentity } from './eks-cluster.ts';
import { imageProblem } from './eks-images.ts';
import type { ElasticLoadBalancing } from './elasticloadbalancingv2.ts';
import { iamOf } from './iam-of.ts';
import type { Caller } from './service.ts';
import type { World } from './world.ts';

export type Surroundings = { world: World; ec2: Ec2; ecr: Ecr; elb: ElasticLoadBalancing };

/** Some patch release of the minor version that EKS names. */
const PATCH = '4';

/** What the simulated EKS gives to a cluster of its own. */
export function clusterHost(
  given: Surroundings,
  cluster: EksCluster,
  identityFor: (namespace: string, serviceAccount: string) => PodIdentity | undefined,
  balancerNames: Readonly<Record<string, string>>,
): ClusterHost {
  const { world, ec2, ecr } = given;
  const { name, region, version, autoMode } = cluster.settings;
  const record = (what: string, detail: Record<string, unknown> = {}): void =>
    world.record(what, { cluster: name, ...detail });
  return {
    name,
    region,
    autoMode,
    kernel: world.kernel,
    latencies: world.latencies,
    version: `v${version}.${PATCH}`,
    zones: zones(ec2, cluster),
    schedule: (delayMs, act) => world.schedule(region, delayMs, act),
    up: () => world.network.up(region),
    imageProblem: (image) => imageProblem(world, ecr, cluster, image),
    capacityProblem: (zone) => ec2.capacityProblem(region, zone),
    podIdentity: (namespace, serviceAccount) => {
      const association = identityFor(namespace, serviceAccount);
      if (association === undefined) return undefined;
      // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
      const problem = iamOf(world)?.assumeRoleProblem('pods.eks.amazonaws.com', association.roleArn);
      if (problem === undefined) return association.roleArn;
      record('pod identity refused', { namespace, serviceAccount, problem });
      return undefined;
    },
    call: (roleArn, service, operation, input) => {
      const caller: Caller = { kind: 'role', arn: roleArn, session: `eks-${name}` };
      return world.call({ caller, from: region, region, service, operation, input });
    },
    setTargets: (targetGroupArn, targets) => setTargets(given, cluster, targetGroupArn, targets),
    loadBalancer: (kind, namespace, service, serve) => {
      const dnsName = balancerNames[`${kind}/${namespace}/${service}`];
      return loadBalancer(given, cluster, { kind, namespace, name: service }, dnsName, serve);
    },
    record,
  };
}

function zones(ec2: Ec2, { settings }: EksCluster): string[] {
  const found = settings.subnetIds.flatMap((id) => ec2.subnet(id)?.zone ?? []);
  return found.length === 0 ? zonesOf(settings.region) : [...new Set(found)].sort();
}

/**
 * Auto Mode registers targets with the cluster's role, and only in target groups that carry its cluster's name.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
 */
function setTargets(
  { world, elb }: Surroundings,
  cluster: EksCluster,
  targetGroupArn: string,
  targets: Target[],
): void {
  const { name, region, roleArn, autoMode } = cluster.settings;
  const caller: Caller = { kind: 'role', arn: roleArn, session: `eks-${name}` };
  const act = (operation: string, Targets: unknown[]): void => {
    if (Targets.length === 0) return;
    const PrincipalTags = { 'aws:PrincipalTag/eks:eks-cluster-name': name };
    world.act({
      caller,
      region,
      service: elb.id,
      operation,
      input: { TargetGroupArn: targetGroupArn, Targets, PrincipalTags },
    });
  };
  try {
    const group = elb.targetGroupAt(targetGroupArn, region);
    if (autoMode && group.settings.tags['eks:eks-cluster-name'] !== name) {
      const tag = group.settings.tags['eks:eks-cluster-name'];
      throw new AwsError(
        'AccessDenied',
        `the target group's tag eks:eks-cluster-name is ${tag ?? 'missing'}, not ${name}`,
        403,
      );
    }
    const wanted = new Set(targets.map(({ ip, port }) => `${ip}:${port}`));
    const gone = group.targets().filter(({ id, port, state }) => state !== 'draining' && !wanted.has(`${id}:${port}`));
    act(
      'DeregisterTargets',
      gone.map(({ id, port }) => ({ Id: id, Port: port })),
    );
    act(
      'RegisterTargets',
      targets.map(({ ip, port, serve }) => ({ Id: ip, Port: port, Serve: serve })),
    );
    group.look();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    world.record('targets refused', { cluster: name, targetGroup: targetGroupArn, error: error.message });
  }
}

/**
 * A load balancer made for an object of the cluster. Making one needs Route 53's control plane in us-east-1.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
function loadBalancer(
  { world, elb }: Surroundings,
  cluster: EksCluster,
  owner: { kind: 'Service' | 'Ingress'; namespace: string; name: string },
  dnsName: string | undefined,
  serve: Serve,
): string | undefined {
  const { region, name: clusterName } = cluster.settings;
  const short = (text: string): string => text.replace(/[^a-z0-9]/g, '').slice(0, 8);
  const suffix = hash(`${clusterName}/${owner.kind}/${owner.namespace}/${owner.name}`).toString(16).padStart(8, '0');
  const name = `k8s-${short(owner.namespace)}-${short(owner.name)}-${suffix}`;
  const made = elb.balancers().some(({ settings }) => settings.region === region && settings.name === name);
  if (!made && dnsName === undefined && !world.network.up('us-east-1')) return undefined;
  const type = owner.kind === 'Service' ? 'network' : 'application';
  return elb.addDirect({ region, name, type, serve, ...(dnsName === undefined ? {} : { dnsName }) }).settings.dnsName;
}
