import { NotSimulated } from '../kernel/not-simulated.ts';
import { parseArn } from './arn.ts';
import { type EventTest, eventTest } from './eventbridge-pattern.ts';
import type { Input } from './service.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export type BusEvent = {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
};

export type Target = {
  arn: string;
  roleArn: string | undefined;
  input: string | undefined;
  inputPath: string | undefined;
  transformer: { paths: Record<string, string>; template: string } | undefined;
  maxRetries: number;
  maxAgeMs: number;
  deadLetterArn: string | undefined;
};

export type Rule = {
  name: string;
  arn: string;
  region: string;
  busArn: string;
  enabled: boolean;
  matches: EventTest;
  targets: Target[];
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const MAX_RETRIES = 185;
const MAX_AGE_SECONDS = 86_400;

const SERVICES = new Set(['lambda', 'states', 'sqs', 'sns', 'events', 'logs']);

/** Throws for a target that EventBridge would refuse, or that is not simulated. */
export function targetOf(properties: Input): Target {
  const arn: string = properties.Arn;
  const service = parseArn(arn)?.service;
  if (service === undefined || !SERVICES.has(service)) throw new NotSimulated(`a rule's target ${arn}`);
  const needsRole = service === 'states' || service === 'events';
  if (needsRole && properties.RoleArn === undefined) throw new Error(`target ${arn} of a rule needs a role`);
  const transformer = properties.InputTransformer;
  return {
    arn,
    roleArn: properties.RoleArn,
    input: properties.Input,
    inputPath: properties.InputPath,
    transformer: transformer && { paths: transformer.InputPathsMap ?? {}, template: transformer.InputTemplate },
    maxRetries: properties.RetryPolicy?.MaximumRetryAttempts ?? MAX_RETRIES,
    maxAgeMs: 1000 * (properties.RetryPolicy?.MaximumEventAgeInSeconds ?? MAX_AGE_SECONDS),
    deadLetterArn: properties.DeadLetterConfig?.Arn,
  };
}

export function patternOf(properties: Input): EventTest {
  if (properties.ScheduleExpression !== undefined)
    throw new NotSimulated('a rule with a schedule (EventBridge Scheduler is)');
  return eventTest(properties.EventPattern);
}
