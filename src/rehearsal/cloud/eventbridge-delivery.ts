import type { Cancel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { parseArn } from './arn.ts';
import { AwsError, Unreachable } from './aws-error.ts';
import { inputFor } from './eventbridge-input.ts';
import type { BusEvent, Rule, Target } from './eventbridge-rule.ts';
import type { Iam } from './iam.ts';
import type { Caller } from './service.ts';
import { targetCall } from './target-call.ts';
import type { World } from './world.ts';

/** Marks a PutEvents by which one bus hands an event, as it is, to another. */
export const FORWARDED = Symbol('an event from another bus');

/** Which deliveries a fault strikes: of the rules of one region, or of all; and how likely each. */
export type Share = { region?: string; probability: number };

type Delivery = { rule: Rule; target: Target; event: BusEvent; ingestedAt: number; attempts: number };

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 600_000;

/** Hands events to targets: at least once, after a while, again when it fails, at last to the dead-letter queue. */
export class Deliveries {
  readonly #world: World;
  readonly #iam: Iam;
  readonly #chance: Random;
  readonly #delays = new Set<Share & { ms: number }>();
  readonly #duplications = new Set<Share>();

  constructor(world: World, iam: Iam) {
    this.#world = world;
    this.#iam = iam;
    this.#chance = world.kernel.random.fork('eventbridge/deliveries');
  }

  /** A fault: deliveries take up to that much longer, until cancelled. */
  delayBy(ms: number, share: Share): Cancel {
    const delay = { ...share, ms };
    this.#delays.add(delay);
    return () => this.#delays.delete(delay);
  }

  /** A fault: deliveries happen twice, until cancelled. */
  duplicate(share: Share): Cancel {
    const duplication = { ...share };
    this.#duplications.add(duplication);
    return () => this.#duplications.delete(duplication);
  }

  begin(rule: Rule, target: Target, event: BusEvent): void {
    const delivery = { rule, target, event, ingestedAt: this.#world.kernel.now, attempts: 0 };
    this.#later(delivery, this.#latency(rule, target));
    for (const duplication of this.#duplications)
      if (this.#strikes(duplication, rule)) this.#later(delivery, this.#latency(rule, target));
  }

  #strikes({ region, probability }: Share, rule: Rule): boolean {
    return (region === undefined || region === rule.region) && this.#chance.next() < probability;
  }

  #latency(rule: Rule, target: Target): number {
    const across = parseArn(target.arn)?.region !== rule.region;
    let latency = this.#world.latencies.draw(across ? 'eventbridge.deliverAcrossRegions' : 'eventbridge.deliver');
    for (const delay of this.#delays) if (this.#strikes(delay, rule)) latency += delay.ms * this.#chance.next();
    return latency;
  }

  #later(delivery: Delivery, delayMs: number): void {
    this.#world.scheduleDurably(delivery.rule.region, delayMs, () => this.#attempt(delivery));
  }

  #attempt(delivery: Delivery): void {
    const { rule, target } = delivery;
    try {
      this.#hand(delivery);
      this.#world.record('event delivered', { rule: rule.name, target: target.arn, event: delivery.event.id });
    } catch (error) {
      const passing = error instanceof Unreachable || (error instanceof AwsError && error.retryable);
      const age = this.#world.kernel.now - delivery.ingestedAt;
      if (passing && delivery.attempts < target.maxRetries && age < target.maxAgeMs) {
        const backoff =
          Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** delivery.attempts) * (0.5 + this.#chance.next() / 2);
        this.#later({ ...delivery, attempts: delivery.attempts + 1 }, backoff);
      } else this.#giveUp(delivery, error);
    }
  }

  #hand({ rule, target, event, ingestedAt }: Delivery): void {
    const { region = rule.region, service, resource = '' } = parseArn(target.arn) ?? {};
    if (!this.#world.network.reaches(rule.region, region)) throw new Unreachable(`${service}.${region}.amazonaws.com`);
    if (service === 'logs') return;
    const caller = this.#callerFor(rule, target);
    if (service === 'events') {
      const entry = {
        Source: event.source,
        DetailType: event['detail-type'],
        EventBusName: resource.replace(/^event-bus\//, ''),
      };
      const input = { Entries: [entry], [FORWARDED]: event };
      this.#world.act({ caller, region, service: 'eventbridge', operation: 'PutEvents', input });
      return;
    }
    const text = inputFor(target, event, rule.arn, new Date(ingestedAt).toISOString());
    const call = targetCall(target.arn, text);
    if (call !== undefined) this.#world.act({ caller, region, ...call });
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html and eb-use-identity-based.html */
  #callerFor(rule: Rule, target: Target): Caller {
    if (target.roleArn === undefined)
      return { kind: 'service', principal: 'events.amazonaws.com', sourceArn: rule.arn };
    const problem = this.#iam.assumeRoleProblem('events.amazonaws.com', target.roleArn, rule.arn);
    if (problem !== undefined) throw new AwsError('AccessDenied', problem, 403);
    return { kind: 'role', arn: target.roleArn, session: rule.name };
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  #giveUp({ rule, target, event }: Delivery, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#world.record('event not delivered', { rule: rule.name, target: target.arn, error: why });
    if (target.deadLetterArn === undefined) return;
    const call = targetCall(target.deadLetterArn, JSON.stringify(event));
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { RULE_ARN: text(rule.arn), TARGET_ARN: text(target.arn), ERROR_MESSAGE: text(why) };
    const caller: Caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: rule.arn };
    try {
      if (call === undefined) throw new Error(`${target.deadLetterArn} is no queue`);
      this.#world.act({ caller, region: rule.region, ...call, input: { ...call.input, MessageAttributes } });
    } catch (lost) {
      this.#world.record('dead letter lost', { rule: rule.name, target: target.deadLetterArn, error: String(lost) });
    }
  }
}
