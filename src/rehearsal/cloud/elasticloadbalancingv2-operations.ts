import { AwsError } from './aws-error.ts';
import type { Listener, LoadBalancer } from './elasticloadbalancingv2-balancer.ts';
import type { Target, TargetGroup } from './elasticloadbalancingv2-targets.ts';
import type { Input, Operation, Permission, Place } from './service.ts';

/** What operations do their work on. */
export type Balancers = {
  balancers(): LoadBalancer[];
  targetGroups(): TargetGroup[];
  targetGroupAt(arn: string, region: string): TargetGroup;
  tagsOf(arn: string): Record<string, string>;
};

/** Reads have no resources to name. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
const read = (action: string, answer: (input: Input, at: Place) => unknown): Operation => ({
  permissions: () => [{ action: `elasticloadbalancing:${action}`, resource: '*' }],
  answer,
});

export function balancerOperations(elb: Balancers): Record<string, Operation> {
  return {
    DescribeLoadBalancers: read('DescribeLoadBalancers', (input, at) => ({
      LoadBalancers: chosenBalancers(elb, input, at.region).map(describeBalancer),
    })),
    DescribeTargetGroups: read('DescribeTargetGroups', (input, at) => ({
      TargetGroups: chosenGroups(elb, input, at.region).map((group) => describeGroup(elb, group)),
    })),
    DescribeTargetHealth: read('DescribeTargetHealth', (input, at) => ({
      TargetHealthDescriptions: health(elb.targetGroupAt(input.TargetGroupArn, at.region), input.Targets),
    })),
    DescribeListeners: read('DescribeListeners', (input, at) => ({ Listeners: listeners(elb, input, at.region) })),
    DescribeRules: read('DescribeRules', (input, at) => ({ Rules: rules(elb, input, at.region) })),
    DescribeTags: read('DescribeTags', (input) => ({
      TagDescriptions: (input.ResourceArns as string[]).map((ResourceArn) => ({
        ResourceArn,
        Tags: Object.entries(elb.tagsOf(ResourceArn)).map(([Key, Value]) => ({ Key, Value })),
      })),
    })),
    RegisterTargets: onTargets(elb, 'RegisterTargets', (group, target) =>
      group.register(target.Id, target.Port ?? group.settings.port, target.Serve),
    ),
    DeregisterTargets: onTargets(elb, 'DeregisterTargets', (group, target) =>
      group.deregister(target.Id, target.Port ?? group.settings.port),
    ),
  };
}

/** `Serve` and `PrincipalTags` of the input are the twin's own: what answers at the target, and who asks. */
function onTargets(elb: Balancers, action: string, act: (group: TargetGroup, target: Input) => void): Operation {
  return {
    permissions: (input): Permission[] => {
      const context: Record<string, string> = { ...input.PrincipalTags };
      for (const [key, value] of Object.entries(elb.tagsOf(input.TargetGroupArn)))
        context[`aws:ResourceTag/${key}`] = value;
      return [{ action: `elasticloadbalancing:${action}`, resource: input.TargetGroupArn, context }];
    },
    answer: (input, at) => {
      const group = elb.targetGroupAt(input.TargetGroupArn, at.region);
      for (const target of input.Targets as Input[]) act(group, target);
      return {};
    },
  };
}

/** A name or ARN that is not known fails the call. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html */
function chosenBalancers(elb: Balancers, input: Input, region: string): LoadBalancer[] {
  const all = elb.balancers().filter((balancer) => balancer.settings.region === region);
  const find =
    (member: 'name' | 'arn') =>
    (value: string): LoadBalancer => {
      const found = all.find((balancer) => balancer.settings[member] === value);
      if (found !== undefined) return found;
      throw new AwsError('LoadBalancerNotFoundException', `One or more load balancers not found (${value})`, 400);
    };
  if (input.Names !== undefined) return input.Names.map(find('name'));
  return input.LoadBalancerArns === undefined ? all : input.LoadBalancerArns.map(find('arn'));
}

function chosenGroups(elb: Balancers, input: Input, region: string): TargetGroup[] {
  const all = elb.targetGroups().filter((group) => group.settings.region === region);
  if (input.LoadBalancerArn !== undefined)
    return chosenBalancers(elb, { LoadBalancerArns: [input.LoadBalancerArn] }, region).flatMap((balancer) =>
      balancer.targetGroups(),
    );
  if (input.TargetGroupArns !== undefined)
    return input.TargetGroupArns.map((arn: string) => elb.targetGroupAt(arn, region));
  if (input.Names === undefined) return all;
  return input.Names.map((name: string) => {
    const found = all.find((group) => group.settings.name === name);
    if (found !== undefined) return found;
    throw new AwsError('TargetGroupNotFoundException', `One or more target groups not found (${name})`, 400);
  });
}

function describeBalancer({ settings }: LoadBalancer): unknown {
  return {
    LoadBalancerArn: settings.arn,
    LoadBalancerName: settings.name,
    DNSName: settings.dnsName,
    CanonicalHostedZoneId: settings.zoneId,
    Scheme: settings.scheme,
    Type: settings.type,
    State: { Code: 'active' },
    SecurityGroups: settings.securityGroups,
    AvailabilityZones: settings.subnetIds.map((SubnetId) => ({ SubnetId })),
    IpAddressType: 'ipv4',
  };
}

function describeGroup(elb: Balancers, group: TargetGroup): unknown {
  const { settings } = group;
  const { healthCheck } = settings;
  return {
    TargetGroupArn: settings.arn,
    TargetGroupName: settings.name,
    Protocol: settings.protocol,
    Port: settings.port,
    ...(settings.vpcId === undefined ? {} : { VpcId: settings.vpcId }),
    TargetType: settings.targetType,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPath: healthCheck.path,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalMs / 1000,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: elb.balancers().flatMap((one) => (one.targetGroups().includes(group) ? [one.settings.arn] : [])),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
const REASONS: Record<Target['state'], string | undefined> = {
  initial: 'Elb.RegistrationInProgress',
  healthy: undefined,
  unhealthy: 'Target.FailedHealthChecks',
  draining: 'Target.DeregistrationInProgress',
};

function health(group: TargetGroup, wanted: Input[] | undefined): unknown[] {
  group.look();
  const named = (target: Target): boolean =>
    wanted === undefined || wanted.some((one) => one.Id === target.id && (one.Port ?? target.port) === target.port);
  return group
    .targets()
    .filter(named)
    .map((target) => {
      const Reason = REASONS[target.state];
      return {
        Target: { Id: target.id, Port: target.port },
        HealthCheckPort: String(target.port),
        TargetHealth: { State: target.state, ...(Reason === undefined ? {} : { Reason }) },
      };
    });
}

function listeners(elb: Balancers, input: Input, region: string): unknown[] {
  const wanted: string[] | undefined = input.ListenerArns;
  const balancers = chosenBalancers(
    elb,
    input.LoadBalancerArn === undefined ? {} : { LoadBalancerArns: [input.LoadBalancerArn] },
    region,
  );
  return balancers.flatMap((balancer) =>
    balancer.listeners
      .filter(({ arn }) => wanted === undefined || wanted.includes(arn))
      .map(({ arn, port, protocol, defaultActions }) => ({
        ListenerArn: arn,
        LoadBalancerArn: balancer.settings.arn,
        Port: port,
        Protocol: protocol,
        DefaultActions: defaultActions,
      })),
  );
}

function rules(elb: Balancers, input: Input, region: string): unknown[] {
  const all: Listener[] = elb
    .balancers()
    .filter(({ settings }) => settings.region === region)
    .flatMap((one) => one.listeners);
  const listener = all.find(({ arn }) => arn === input.ListenerArn);
  if (listener === undefined)
    throw new AwsError('ListenerNotFoundException', `One or more listeners not found (${input.ListenerArn})`, 400);
  const made = listener.rules.map(({ arn, priority, conditions, actions }) => ({
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditions,
    Actions: actions,
    IsDefault: false,
  }));
  return [
    ...made,
    {
      RuleArn: `${listener.arn}/default`,
      Priority: 'default',
      Conditions: [],
      Actions: listener.defaultActions,
      IsDefault: true,
    },
  ];
}
