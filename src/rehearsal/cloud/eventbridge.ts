import type { Cancel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import { Deliveries, FORWARDED, type Share } from './eventbridge-delivery.ts';
import { type BusEvent, patternOf, type Rule, targetOf } from './eventbridge-rule.ts';
import type { Iam } from './iam.ts';
import { physicalName, uuidFrom } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html (1 MB since 2026-01) */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;

/** What a service says of an event; the bus adds the rest. */
export type EventDraft = { source: string; 'detail-type': string; detail: unknown; resources?: string[] };

/** Buses, rules and their targets. Every region has its default bus. */
export class EventBridge implements Service {
  readonly id = 'eventbridge';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #deliveries: Deliveries;
  readonly #ids: Random;
  /** Rules by the ARN of their bus, in the order of their making. */
  readonly #rules = new Map<string, Rule[]>();
  readonly #matched = new Set<Rule>();

  constructor(world: World, iam: Iam) {
    this.#world = world;
    this.#deliveries = new Deliveries(world, iam);
    this.#ids = world.kernel.random.fork('eventbridge/ids');
    this.operations = {
      PutEvents: {
        permissions: (input, at) =>
          (input.Entries as Input[]).map((entry) => ({
            action: 'events:PutEvents',
            resource: this.#busArn(entry.EventBusName, at.region),
            context: { 'events:source': entry.Source, 'events:detail-type': entry.DetailType },
          })),
        answer: (input, at) => this.#put(input, at.region),
      },
    };
    this.resources = {
      'AWS::Events::EventBus': (properties, at) => {
        const arn = this.#busArn(properties.Name, at.region);
        this.#rules.set(arn, this.#rules.get(arn) ?? []);
        if (properties.Policy !== undefined) iam.resourcePolicy(arn, properties.Policy);
        return { ref: properties.Name, attributes: { Arn: arn, Name: properties.Name } };
      },
      'AWS::Events::EventBusPolicy': (properties, at) => {
        const arn = this.#busArn(properties.EventBusName, at.region);
        const statement = properties.Statement ?? {
          Effect: 'Allow',
          Action: properties.Action,
          Principal: properties.Principal,
          Resource: arn,
        };
        iam.resourcePolicy(arn, { Statement: [statement] });
        return { ref: at.logicalId };
      },
      'AWS::Events::Rule': (properties, at) => this.#rule(properties, at),
    };
  }

  /** A fault: deliveries take up to that much longer, until cancelled. */
  delayBy(ms: number, share: Share = { probability: 1 }): Cancel {
    return this.#deliveries.delayBy(ms, share);
  }

  /** A fault: deliveries happen twice, until cancelled. */
  duplicate(share: Share = { probability: 1 }): Cancel {
    return this.#deliveries.duplicate(share);
  }

  /** An AWS service tells something on a region's bus. Nobody hears it while that region is down. */
  publish(region: string, busName: string, draft: EventDraft): void {
    if (this.#world.network.up(region)) this.#route(this.#busArn(busName, region), this.#event(region, draft));
  }

  /** Names of the rules that no event has matched so far. */
  get unmatched(): string[] {
    return [...this.#rules.values()].flat().flatMap((rule) => (this.#matched.has(rule) ? [] : [rule.name]));
  }

  #event(region: string, draft: EventDraft): BusEvent {
    return {
      version: '0',
      id: uuidFrom(this.#ids.hex(32)),
      'detail-type': draft['detail-type'],
      source: draft.source,
      account: this.#world.account,
      time: new Date(this.#world.kernel.now).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: draft.resources ?? [],
      detail: draft.detail,
    };
  }

  #route(busArn: string, event: BusEvent): void {
    const rules = this.#rules.get(busArn);
    // AWS answers well and drops the event: https://github.com/aws/aws-sdk/issues/186
    if (rules === undefined && !busArn.endsWith('event-bus/default'))
      this.#world.record('event dropped', {
        bus: busArn,
        source: event.source,
        type: event['detail-type'],
        error: 'there is no such bus',
      });
    for (const rule of rules ?? []) {
      if (!rule.enabled || !rule.matches(event)) continue;
      this.#matched.add(rule);
      for (const target of rule.targets) this.#deliveries.begin(rule, target, event);
    }
  }

  /** A name or an ARN; none means the region's default bus. */
  #busArn(name: string | undefined, region: string): string {
    if (name?.startsWith('arn:')) return name;
    return `arn:aws:events:${region}:${this.#world.account}:event-bus/${name ?? 'default'}`;
  }

  #put(input: Input, region: string): unknown {
    const entries: Input[] = input.Entries;
    const forwarded: BusEvent | undefined = input[FORWARDED];
    if (forwarded !== undefined) {
      this.#route(this.#busArn(entries[0].EventBusName, region), forwarded);
      return { FailedEntryCount: 0, Entries: [{ EventId: forwarded.id }] };
    }
    if (entries.length === 0 || entries.length > MAX_ENTRIES)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: 'entries' must have length between 1 and ${MAX_ENTRIES}`,
      );
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (bytes > MAX_BYTES)
      throw new AwsError('ValidationException', `Total size of the entries in the request is over the limit.`);
    const answers = entries.map((entry) => this.#accept(entry, region));
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  }

  #accept(entry: Input, region: string): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const { Source: source, DetailType, Detail, Resources: resources = [] } = entry;
    for (const name of ['Source', 'DetailType', 'Detail'])
      if (!entry[name])
        return {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        };
    if (source.startsWith('aws.'))
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: `Not authorized for the source.` };
    let detail: unknown;
    try {
      detail = JSON.parse(Detail);
    } catch {
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    }
    const event = this.#event(region, { source, 'detail-type': DetailType, detail, resources });
    this.#route(this.#busArn(entry.EventBusName, region), event);
    return { EventId: event.id };
  }

  #rule(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name = physicalName(properties.Name, at);
    const busArn = this.#busArn(properties.EventBusName, at.region);
    const bus = busArn.slice(busArn.lastIndexOf('/') + 1);
    const arn = `arn:aws:events:${at.region}:${this.#world.account}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
    const rules = this.#rules.get(busArn) ?? [];
    if (bus !== 'default' && !this.#rules.has(busArn))
      throw new Error(`rule ${name} is for the bus ${bus}, which does not exist`);
    const targets = (properties.Targets ?? []).map(targetOf);
    const enabled = properties.State !== 'DISABLED';
    rules.push({ name, arn, region: at.region, busArn, enabled, matches: patternOf(properties), targets });
    this.#rules.set(busArn, rules);
    return { ref: bus === 'default' ? name : `${bus}|${name}`, attributes: { Arn: arn } };
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const sizeOf = (entry: Input): number =>
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    entry.Time ? 14 : 0,
  );
