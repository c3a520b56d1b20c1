import middy from '@middy/core';
import type * as z from 'zod';
import { InvalidInput, LifeboatError, TemporaryFailure } from '../src/domain/errors.ts';
import type { Credentials } from '../src/gateways/aws/eks-token.ts';
import { type Plan, planSchema } from '../src/plan/schema.ts';
import { lambdaEnv } from './base-env.ts';
import type { CreateHandler, Given } from './given.ts';

/** What a handler composes its gateways from. */
export type Composition<Env> = Given & { env: Env; plan: Plan; region: string; credentials: Credentials };

type BaseEnv = z.ZodObject<{ PLAN_FILE: z.ZodString }>;
type Contract<Env extends BaseEnv, Input extends z.ZodType> = { env: Env; input: Input };
type Act<Input> = (input: Input) => Promise<unknown>;

/**
 * What every handler is wrapped in: environment and plan are read once, when the function starts; each event is parsed
 * before anything is done; failures that may pass get the one name that the state machines retry.
 */
export const chain =
  <Env extends BaseEnv, Input extends z.ZodType>(
    { env, input }: Contract<Env, Input>,
    compose: (given: Composition<z.output<Env>>) => Act<z.output<Input>>,
  ): CreateHandler =>
  (given) => {
    const environment = parsed(env, given.environment, 'environment');
    const lambda = parsed(lambdaEnv, given.environment, 'environment');
    const act = compose({
      ...given,
      env: environment,
      plan: planOf(given.readFile(environment.PLAN_FILE)),
      region: lambda.AWS_REGION,
      credentials: {
        accessKeyId: lambda.AWS_ACCESS_KEY_ID,
        secretAccessKey: lambda.AWS_SECRET_ACCESS_KEY,
        ...(lambda.AWS_SESSION_TOKEN !== undefined && { sessionToken: lambda.AWS_SESSION_TOKEN }),
      },
    });
    // The machines bound each call; middy's own early time-out would read the wall clock.
    return middy(async (event: unknown) => act(parsed(input, event, 'input')), { timeoutEarlyInMillis: 0 }).use(
      failures(given),
    );
  };

/** The plan that was read last; a rehearsal starts every function in one process, with the same plan. */
let lastRead: { text: string; plan: Plan } | undefined;

function planOf(text: string): Plan {
  if (lastRead?.text !== text) lastRead = { text, plan: planSchema.parse(JSON.parse(text)) };
  return lastRead.plan;
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`);
  throw new InvalidInput(`${what}: ${problems.join('; ')}`);
}

/** Logs a failure once, and names those that may pass. */
const failures = ({ log }: Given) => ({
  onError: (request: { error: Error | null }) => {
    const error = request.error;
    if (error === null) return;
    const named =
      error instanceof LifeboatError || !mayPass(error)
        ? error
        : new TemporaryFailure(`${error.name}: ${error.message}`);
    log({ level: 'error', error: named.name, message: named.message });
    request.error = named;
    throw named;
  },
});

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, and Node's socket errors. */
function mayPass(error: Error & { $fault?: string; $metadata?: { httpStatusCode?: number }; code?: string }): boolean {
  const status = error.$metadata?.httpStatusCode ?? 0;
  const throttled = status === 429 || /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded/.test(error.name);
  const network =
    /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR)/.test(error.code ?? '') || error.name === 'TimeoutError';
  return throttled || network || error.$fault === 'server' || status >= 500;
}
