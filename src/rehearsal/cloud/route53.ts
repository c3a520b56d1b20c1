import { AwsError } from './aws-error.ts';
import type { CloudWatch } from './cloudwatch.ts';
import type { Metric, StatisticSet } from './cloudwatch-metrics.ts';
import type { ElasticLoadBalancing } from './elasticloadbalancingv2.ts';
import { physicalName, uuidOf } from './physical-name.ts';
import { HealthCheck } from './route53-health-check.ts';
import { route53Operations } from './route53-operations.ts';
import { type DnsAnswer, type HostedZone, type RecordSet, recordSet, Zones } from './route53-records.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

/**
 * Health checks' metrics exist in this region only.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
 */
const METRICS_REGION = 'us-east-1';
/** How often endpoints are looked at without a reason; changes that are known are looked at at once. */
const LOOK_MS = 30_000;
const LONGEST_CHAIN = 8;

/** Amazon Route 53: names, and the health checks that decide what they lead to. Its answers depend on no region. */
export class Route53 implements Service {
  readonly id = 'route53';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly world: World;
  readonly zones: Zones;
  readonly #cloudWatch: CloudWatch;
  readonly #elb: ElasticLoadBalancing;
  readonly #checks = new Map<string, HealthCheck>();
  readonly #tell: { changed: (metric: Metric) => void };
  #looking = false;

  constructor(world: World, cloudWatch: CloudWatch, elb: ElasticLoadBalancing) {
    this.world = world;
    this.#cloudWatch = cloudWatch;
    this.#elb = elb;
    this.zones = new Zones(world.kernel.random.fork('route53'));
    this.operations = route53Operations(this);
    this.resources = {
      'AWS::Route53::HostedZone': (properties, at) => this.#zone(properties, at),
      'AWS::Route53::RecordSet': (properties) => this.#record(properties, properties),
      'AWS::Route53::RecordSetGroup': (properties, at) => {
        for (const record of properties.RecordSets as Input[]) this.#record(record, { ...properties, ...record });
        return { ref: physicalName(undefined, at) };
      },
      'AWS::Route53::HealthCheck': (properties, at) => this.#check(properties, at),
    };
    this.#tell = cloudWatch.sourceBy(METRICS_REGION, 'AWS/Route53', (metric, from, to) =>
      this.#metric(metric, from, to),
    );
    world.resolveBy((name) => this.#host(name));
    world.network.onChange(() => this.look());
    world.faults.onChange(() => this.look());
    elb.onHealthChange(() => this.look());
  }

  /** What the name servers answer for a name now, for a client that may keep it for `ttl` seconds. */
  answer(name: string): DnsAnswer | undefined {
    return this.zones.answer(name, (record) => this.#healthy(record));
  }

  healthCheck(id: string): HealthCheck | undefined {
    return this.#checks.get(id);
  }

  healthChecks(): HealthCheck[] {
    return [...this.#checks.values()];
  }

  /** Somebody has reason to think that an endpoint or a region changed. */
  look(): void {
    for (const check of this.#checks.values()) {
      check.look();
      const region: string | undefined = check.config.AlarmIdentifier?.Region;
      // A lost region has no data to tell.
      if (region !== undefined && !this.world.network.up(region)) check.data('insufficient');
    }
  }

  /** Endpoints and checks as if they had long been as they are now, without telling anybody. */
  settle(): void {
    for (const check of this.#checks.values()) check.settle();
    for (const check of this.#checks.values())
      if (check.config.Type === 'CALCULATED') check.settle(this.#calculated(check));
  }

  /** Refuses checks on alarms that Route 53 cannot read. */
  deployed(): void {
    for (const { id, config } of this.#checks.values()) {
      if (config.Type !== 'CLOUDWATCH_METRIC') continue;
      const { Region, Name } = config.AlarmIdentifier;
      const condition = this.#cloudWatch.alarms.find(Region, Name)?.condition;
      const simple =
        condition !== undefined &&
        condition.periodMs >= 60_000 &&
        condition.datapointsToAlarm === condition.evaluationPeriods;
      // https://docs.aws.amazon.com/Route53/latest/APIReference/API_AlarmIdentifier.html
      if (!simple)
        throw new AwsError(
          'InvalidInput',
          `health check ${id}: alarm ${Name} in ${Region} does not exist, or is of high resolution or M out of N`,
          400,
        );
    }
  }

  #host(name: string): string | undefined {
    let at = name;
    for (let step = 0; step < LONGEST_CHAIN; step++) {
      if (this.world.hosts.has(at)) return at;
      const next = this.answer(at)?.records[0];
      if (next === undefined) return undefined;
      at = next;
    }
    return undefined;
  }

  #healthy(record: RecordSet): boolean {
    const check = record.healthCheckId === undefined ? undefined : this.#checks.get(record.healthCheckId);
    if (check !== undefined && !check.healthy) return false;
    if (record.alias?.evaluateTargetHealth !== true) return true;
    const balancer = this.#elb.byDnsName(record.alias.dnsName);
    return balancer === undefined || (this.world.network.up(balancer.settings.region) && balancer.healthy());
  }

  #metric({ name, dimensions }: Metric, from: number, to: number): StatisticSet | undefined {
    const check = this.#checks.get(dimensions.HealthCheckId ?? '');
    if (name === 'HealthCheckStatus') return check?.status(from, to);
    return name === 'HealthCheckPercentageHealthy' ? check?.percentage() : undefined;
  }

  #changed(check: HealthCheck): void {
    for (const name of ['HealthCheckStatus', 'HealthCheckPercentageHealthy'])
      this.#tell.changed({ namespace: 'AWS/Route53', name, dimensions: { HealthCheckId: check.id } });
    for (const parent of this.#checks.values())
      if (parent.config.ChildHealthChecks?.includes(check.id)) parent.find(this.#calculated(parent));
  }

  /** https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html#Route53-Type-HealthCheckConfig-HealthThreshold */
  #calculated({ config }: HealthCheck): boolean {
    const children: string[] = config.ChildHealthChecks;
    return children.filter((id) => this.#checks.get(id)?.healthy === true).length >= Number(config.HealthThreshold);
  }

  #check(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const id = uuidOf(`${at.region}/${at.stack}/${at.logicalId}`);
    const check = new HealthCheck(id, properties.HealthCheckConfig, this.world, (changed) => this.#changed(changed));
    this.#checks.set(id, check);
    const { Type, AlarmIdentifier } = check.config;
    if (Type === 'CLOUDWATCH_METRIC')
      this.#cloudWatch.alarms.onData(AlarmIdentifier.Region, AlarmIdentifier.Name, (verdict) => check.data(verdict));
    if (check.endpoint !== undefined && !this.#looking) {
      this.#looking = true;
      this.world.kernel.every(LOOK_MS, () => this.look());
    }
    return { ref: id, attributes: { HealthCheckId: id } };
  }

  #zone(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const id = `Z${uuidOf(`${at.stack}/${at.logicalId}`).replaceAll('-', '').slice(0, 20).toUpperCase()}`;
    this.zones.make(id, properties.Name);
    return { ref: id, attributes: { Id: id } };
  }

  /** A zone that no template makes is made when a record names it. */
  #record(properties: Input, { HostedZoneId, HostedZoneName }: Input): ReturnType<ResourceType> {
    const record = recordSet(properties);
    if (record.healthCheckId !== undefined && !this.#checks.has(record.healthCheckId))
      throw new AwsError('InvalidInput', `No health check found with ID: ${record.healthCheckId}`, 400);
    const byName: HostedZone | undefined = this.zones.all().find(({ name }) => `${name}.` === HostedZoneName);
    const parent = record.name.split('.').slice(1).join('.');
    const zone =
      (HostedZoneId === undefined ? byName : this.zones.find(HostedZoneId)) ??
      this.zones.make(HostedZoneId ?? HostedZoneName, parent);
    this.zones.put(zone, record);
    return { ref: record.name };
  }
}
