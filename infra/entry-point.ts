import type { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import type { CfnTargetGroupProps } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnListener, CfnListenerRule, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EntryPoint as Plan } from '../src/plan/schema.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import type { LifeboatStack } from './stack.ts';
import type { StandbyCluster } from './standby-cluster.ts';

/** Where an entry point stands. */
export type Surroundings = { stack: LifeboatStack; vpc: Vpc; cluster: StandbyCluster; logs: Bucket };

const HTTP_PORT = 80;

/** A target is well after two answers, ten seconds apart; the default's five take most of a minute. */
const HEALTH = { healthCheckIntervalSeconds: 10, healthyThresholdCount: 2, unhealthyThresholdCount: 2 };

/**
 * The standby's load balancer of one entry point, made ahead and empty: making one on the day would need a control
 * plane in us-east-1 (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html).
 * A network load balancer stands for a Service, an application load balancer for an Ingress.
 */
export class EntryPoint extends Construct {
  readonly dnsName: string;
  readonly #given: Surroundings;
  readonly #plan: Plan;
  readonly #kind: 'network' | 'application';

  constructor(given: Surroundings, plan: Plan) {
    super(given.stack, `EntryPoint-${plan.name}`);
    this.#given = given;
    this.#plan = plan;
    this.#kind = plan.target.kind === 'Service' ? 'network' : 'application';
    const balancer = this.#loadBalancer(this.#securityGroup());
    this.dnsName = balancer.attrDnsName;
    const groups = plan.backends.map((_, index) => this.#targetGroup(index).ref);
    if (this.#kind === 'network') this.#forwardTcp(balancer, groups);
    else this.#forwardHttp(balancer, groups);
  }

  get #port(): number {
    return this.#kind === 'network' ? (this.#plan.backends[0]?.port ?? HTTP_PORT) : HTTP_PORT;
  }

  /** Open to clients on its port, and alone let in to the cluster's pods, whose ports their Services choose. */
  #securityGroup(): CfnSecurityGroup {
    const { stack, vpc, cluster } = this.#given;
    const port = { ipProtocol: 'tcp', fromPort: this.#port, toPort: this.#port };
    const pods = { ipProtocol: 'tcp', fromPort: 1, toPort: 65_535 };
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: `Clients of ${this.#plan.name}`,
      vpcId: vpc.vpcId,
      securityGroupIngress: [{ ...port, cidrIp: '0.0.0.0/0', description: 'Clients' }],
      securityGroupEgress: [{ ...pods, cidrIp: stack.plan.sites.standby.network, description: 'Pods' }],
    });
    acknowledge(group, 'EC23', 'An entry point is what the public comes in by.');
    new CfnSecurityGroupIngress(this, 'ToPods', {
      ...pods,
      groupId: cluster.resource.attrClusterSecurityGroupId,
      sourceSecurityGroupId: group.attrGroupId,
      description: `Traffic of ${this.#plan.name}`,
    });
    return group;
  }

  #loadBalancer(group: CfnSecurityGroup): CfnLoadBalancer {
    const { stack, vpc, logs } = this.#given;
    const { attributes, acknowledged } = this.#kind === 'network' ? NETWORK : application(logs);
    const balancer = new CfnLoadBalancer(this, 'LoadBalancer', {
      name: stack.names.loadBalancer(this.#plan.name),
      type: this.#kind,
      scheme: 'internet-facing',
      subnets: vpc.publicSubnets.map((subnet) => subnet.subnetId),
      securityGroups: [group.attrGroupId],
      loadBalancerAttributes: [{ key: 'deletion_protection.enabled', value: 'true' }, ...attributes],
    });
    // Without its route to the internet gateway a public load balancer is refused; without its policy, the log.
    balancer.node.addDependency(vpc.internetConnectivityEstablished);
    if (logs.policy) balancer.node.addDependency(logs.policy);
    if (acknowledged) acknowledge(balancer, 'ELB2', acknowledged);
    return balancer;
  }

  #targetGroup(index: number): CfnTargetGroup {
    const { stack, vpc, cluster } = this.#given;
    const http = { protocol: 'HTTP', healthCheckProtocol: 'HTTP', matcher: { httpCode: '200-399' } };
    const tcp = { protocol: 'TCP', healthCheckProtocol: 'HTTP' };
    return new CfnTargetGroup(this, `TargetGroup${index}`, {
      name: stack.names.targetGroup(this.#plan.name, index),
      targetType: 'ip',
      port: this.#plan.backends[index]?.port ?? HTTP_PORT,
      vpcId: vpc.vpcId,
      healthCheckEnabled: true,
      healthCheckPath: this.#plan.health,
      healthCheckPort: 'traffic-port',
      ...HEALTH,
      ...(this.#kind === 'network' ? tcp : http),
      targetGroupAttributes: [{ key: 'deregistration_delay.timeout_seconds', value: '30' }],
      // Auto Mode may register targets only where this names its cluster (AmazonEKSLoadBalancingPolicy).
      tags: [{ key: 'eks:eks-cluster-name', value: cluster.resource.name ?? '' }],
    } satisfies CfnTargetGroupProps);
  }

  #forwardTcp(balancer: CfnLoadBalancer, groups: string[]): void {
    new CfnListener(this, 'Listener', {
      loadBalancerArn: balancer.ref,
      port: this.#port,
      protocol: 'TCP',
      defaultActions: groups.slice(0, 1).map(forward),
    });
  }

  /** Longer paths first; what no path matches is answered 404, as an Ingress without a default backend does. */
  #forwardHttp(balancer: CfnLoadBalancer, groups: string[]): void {
    const listener = new CfnListener(this, 'Listener', {
      loadBalancerArn: balancer.ref,
      port: HTTP_PORT,
      protocol: 'HTTP',
      defaultActions: [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '404' } }],
    });
    const backends = this.#plan.backends.map((backend, index) => ({ path: backend.path, index }));
    for (const [order, { path, index }] of backends.toSorted((a, b) => b.path.length - a.path.length).entries()) {
      new CfnListenerRule(this, `Rule${index}`, {
        listenerArn: listener.ref,
        priority: order + 1,
        conditions: [{ field: 'path-pattern', pathPatternConfig: { values: patternsOf(path) } }],
        actions: groups.slice(index, index + 1).map(forward),
      });
    }
  }
}

type Settings = { attributes: { key: string; value: string }[]; acknowledged?: string };

const NETWORK: Settings = {
  attributes: [{ key: 'load_balancing.cross_zone.enabled', value: 'true' }],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
  acknowledged: 'A network load balancer logs TLS connections only, and this one passes TCP through.',
};

const application = (logs: Bucket): Settings => ({
  attributes: [
    { key: 'access_logs.s3.enabled', value: 'true' },
    { key: 'access_logs.s3.bucket', value: logs.bucketName },
    { key: 'access_logs.s3.prefix', value: 'load-balancers' },
    { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
    // Clients that keep connections alive stay with the old site: shorter than the default hour.
    { key: 'client_keep_alive.seconds', value: '300' },
  ],
});

const forward = (targetGroupArn: string) => ({ type: 'forward', targetGroupArn });

/** A path of an Ingress of type Prefix matches itself and what lies under it. */
function patternsOf(path: string): string[] {
  return path.endsWith('/') ? [`${path}*`] : [path, `${path}/*`];
}
