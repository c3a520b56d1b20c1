import { hash } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import { type BalancerSettings, type Listener, LoadBalancer } from './elasticloadbalancingv2-balancer.ts';
import { balancerOperations } from './elasticloadbalancingv2-operations.ts';
import { type ServeTarget, TargetGroup } from './elasticloadbalancingv2-targets.ts';
import { healthCheck, MAX_NAME, tagsFrom } from './elasticloadbalancingv2-template.ts';
import { physicalName } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

export type DirectBalancer = {
  region: string;
  name: string;
  type: 'application' | 'network';
  /** Its name in the DNS, where somebody already knows it. */
  dnsName?: string;
  serve: ServeTarget;
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const DEREGISTRATION_DELAY_SECONDS = '300';

/** Elastic Load Balancing: application and network load balancers, their names, and what answers there. */
export class ElasticLoadBalancing implements Service {
  readonly id = 'elasticloadbalancingv2';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #balancers = new Map<string, LoadBalancer>();
  readonly #groups = new Map<string, TargetGroup>();
  readonly #listeners = new Map<string, Listener>();
  readonly #onHealthChange = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
    this.operations = balancerOperations(this);
    this.resources = {
      'AWS::ElasticLoadBalancingV2::LoadBalancer': (properties, at) => this.#balancerFrom(properties, at),
      'AWS::ElasticLoadBalancingV2::TargetGroup': (properties, at) => this.#groupFrom(properties, at),
      'AWS::ElasticLoadBalancingV2::Listener': (properties, at) => this.#listenerFrom(properties, at),
      'AWS::ElasticLoadBalancingV2::ListenerRule': (properties, at) => this.#ruleFrom(properties, at),
    };
    world.network.onReturn((region) => {
      for (const group of this.#groups.values()) if (group.settings.region === region) group.resume();
    });
  }

  balancers(): LoadBalancer[] {
    return [...this.#balancers.values()];
  }

  targetGroups(): TargetGroup[] {
    return [...this.#groups.values()];
  }

  /** The load balancer behind a DNS name. */
  byDnsName(dnsName: string): LoadBalancer | undefined {
    return this.balancers().find(({ settings }) => settings.dnsName === dnsName);
  }

  targetGroupAt(arn: string, region: string): TargetGroup {
    const group = this.#groups.get(arn);
    if (group?.settings.region === region) return group;
    throw new AwsError('TargetGroupNotFoundException', `One or more target groups not found (${arn})`, 400);
  }

  tagsOf(arn: string): Record<string, string> {
    return this.#groups.get(arn)?.settings.tags ?? this.#balancers.get(arn)?.settings.tags ?? {};
  }

  /** Told whenever a target's health changes, or `look` was called. */
  onHealthChange(listener: () => void): void {
    this.#onHealthChange.add(listener);
  }

  /** Somebody changed what targets answer: they are looked at now rather than when a request comes. */
  look(): void {
    for (const group of this.#groups.values()) group.look();
    this.#changed();
  }

  /** Registrations and health checks as if they had long ended: for a world that is built with its history. */
  settle(): void {
    for (const group of this.#groups.values()) group.settle();
  }

  /** A load balancer whose targets are not ours to know, such as one that a controller made for a Service. */
  addDirect({ region, name, type, serve, dnsName }: DirectBalancer): LoadBalancer {
    const identity = this.#identity(name, type, region);
    const known = dnsName === undefined ? this.#balancers.get(identity.arn) : this.byDnsName(dnsName);
    const settings = { ...identity, scheme: 'internet-facing', subnetIds: [], securityGroups: [], tags: {} };
    const balancer = known ?? this.#add({ ...settings, ...(dnsName === undefined ? {} : { dnsName }) });
    balancer.serve = serve;
    return balancer;
  }

  #changed(): void {
    for (const listener of this.#onHealthChange) listener();
  }

  #add(settings: BalancerSettings): LoadBalancer {
    const balancer = new LoadBalancer(settings, this.#world, this.#groups);
    this.#balancers.set(settings.arn, balancer);
    this.#world.hosts.set(settings.dnsName, {
      region: settings.region,
      respond: (request) => balancer.respond(request),
    });
    return balancer;
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#dns-name */
  #identity(name: string, type: 'application' | 'network', region: string) {
    const suffix = digits(`${region}/${name}`);
    const kind = type === 'network' ? 'net' : 'app';
    const dnsName =
      type === 'network'
        ? `${name}-${suffix}.elb.${region}.amazonaws.com`
        : `${name}-${hash(`${region}/${name}`)}.${region}.elb.amazonaws.com`;
    const arn = `arn:aws:elasticloadbalancing:${region}:${this.#world.account}:loadbalancer/${kind}/${name}/${suffix}`;
    return { arn, name, dnsName, region, type, zoneId: `Z${digits(`${region}/${kind}`).toUpperCase().slice(0, 13)}` };
  }

  #balancerFrom(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const type: 'application' | 'network' = properties.Type ?? 'application';
    const name = physicalName(properties.Name, at, MAX_NAME);
    if (name.length > MAX_NAME)
      throw new AwsError(
        'ValidationError',
        `Load balancer name '${name}' cannot be longer than '${MAX_NAME}' characters`,
      );
    const { settings } = this.#add({
      ...this.#identity(name, type, at.region),
      scheme: properties.Scheme ?? 'internet-facing',
      subnetIds: properties.Subnets ?? (properties.SubnetMappings ?? []).map((mapping: Input) => mapping.SubnetId),
      securityGroups: properties.SecurityGroups ?? [],
      tags: tagsFrom(properties),
    });
    return {
      ref: settings.arn,
      attributes: {
        LoadBalancerArn: settings.arn,
        DNSName: settings.dnsName,
        CanonicalHostedZoneID: settings.zoneId,
        LoadBalancerFullName: settings.arn.split(':loadbalancer/')[1] ?? '',
        LoadBalancerName: name,
      },
    };
  }

  #groupFrom(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name = physicalName(properties.Name, at, MAX_NAME);
    if (name.length > MAX_NAME)
      throw new AwsError(
        'ValidationError',
        `Target group name '${name}' cannot be longer than '${MAX_NAME}' characters`,
      );
    const fullName = `targetgroup/${name}/${digits(`${at.region}/targets/${name}`)}`;
    const arn = `arn:aws:elasticloadbalancing:${at.region}:${this.#world.account}:${fullName}`;
    const attributes: Input[] = properties.TargetGroupAttributes ?? [];
    const delay = attributes.find((one) => one.Key === 'deregistration_delay.timeout_seconds')?.Value;
    const settings = {
      ...{ arn, name, region: at.region, vpcId: properties.VpcId, tags: tagsFrom(properties) },
      protocol: properties.Protocol,
      port: Number(properties.Port),
      targetType: properties.TargetType ?? 'instance',
      healthCheck: healthCheck(properties),
      deregistrationDelayMs: 1000 * Number(delay ?? DEREGISTRATION_DELAY_SECONDS),
    };
    this.#groups.set(arn, new TargetGroup(settings, this.#world, () => this.#changed()));
    return { ref: arn, attributes: { TargetGroupArn: arn, TargetGroupFullName: fullName, TargetGroupName: name } };
  }

  #listenerFrom(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const balancer = this.#balancers.get(properties.LoadBalancerArn);
    if (balancer === undefined)
      throw new AwsError('LoadBalancerNotFoundException', `Load balancer '${properties.LoadBalancerArn}' not found`);
    const { arn: balancerArn } = balancer.settings;
    const arn = `${balancerArn.replace(':loadbalancer/', ':listener/')}/${digits(`${at.stack}/${at.logicalId}`)}`;
    const { Port, Protocol: protocol, DefaultActions: defaultActions } = properties;
    const listener: Listener = { arn, port: Number(Port), protocol, defaultActions, rules: [] };
    balancer.listeners.push(listener);
    this.#listeners.set(arn, listener);
    return { ref: arn, attributes: { ListenerArn: arn } };
  }

  #ruleFrom(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const listener = this.#listeners.get(properties.ListenerArn);
    if (listener === undefined)
      throw new AwsError('ListenerNotFoundException', `Listener '${properties.ListenerArn}' not found`);
    const priority = Number(properties.Priority);
    if (listener.rules.some((rule) => rule.priority === priority))
      throw new AwsError('PriorityInUseException', `Priority '${priority}' is currently in use`);
    const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${digits(`${at.stack}/${at.logicalId}`)}`;
    listener.rules.push({ arn, priority, conditions: properties.Conditions, actions: properties.Actions });
    return { ref: arn, attributes: { RuleArn: arn, IsDefault: 'false' } };
  }
}

/** Sixteen hexadecimal digits, the same for the same text. */
const digits = (text: string): string =>
  [0, 1].map((part) => hash(`${part}/${text}`).toString(16).padStart(8, '0')).join('');
