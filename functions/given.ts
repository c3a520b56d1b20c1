import type { Clock, Ids, Random } from '../src/domain/given.ts';
import type { Wires } from '../src/gateways/wires.ts';

/** All that a function is given. Nothing else is read from its surroundings. */
export type Given = {
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  ids: Ids;
  random: Random;
  wires: Wires;
  /** The text of a file of the function's own package or layer, such as the plan. */
  readFile(path: string): string;
  /** One structured line. */
  log(line: Record<string, unknown>): void;
};

/** What Lambda calls, and what a rehearsal calls. */
// biome-ignore lint/suspicious/noExplicitAny: an event is unknown until the handler's schema has parsed it
export type LambdaHandler = (event: any, context: LambdaContext) => Promise<unknown>;

/** The part of Lambda's context object that is used. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export type LambdaContext = {
  awsRequestId: string;
  functionName: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
};

/** Every `functions/<name>/handler.ts` exports this as `create`. Throws when the environment is not what `env.ts` says. */
export type CreateHandler = (given: Given) => LambdaHandler;
