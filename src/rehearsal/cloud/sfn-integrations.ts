import { AslError, type IntegrationCall } from '../asl/environment.ts';
import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError, Unreachable } from './aws-error.ts';
import type { Caller, Input } from './service.ts';
import { shaped, unshaped } from './sfn-shapes.ts';
import type { World } from './world.ts';

type Integration = {
  service: string;
  operation: string;
  /** The prefix of its errors' names. */
  prefix: string;
  input: (given: Input) => Input;
  output: (answer: Input, given: Input) => unknown;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html */
const OPTIMIZED: Record<string, Integration> = {
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
  'lambda:invoke': {
    ...{ service: 'lambda', operation: 'Invoke', prefix: 'Lambda' },
    input: (given) => ({ ...given, Payload: JSON.stringify(given.Payload ?? {}) }),
    output: invoked,
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
  'states:startExecution': {
    ...{ service: 'sfn', operation: 'StartExecution', prefix: 'StepFunctions' },
    input: ({ StateMachineArn, Name, Input }) => ({
      stateMachineArn: StateMachineArn,
      ...(Name === undefined ? {} : { name: Name }),
      input: text(Input ?? {}),
    }),
    output: ({ executionArn, startDate }) => ({ ExecutionArn: executionArn, StartDate: startDate.toISOString() }),
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
  'sns:publish': {
    ...{ service: 'sns', operation: 'Publish', prefix: 'SNS' },
    input: (given) => ({ ...given, Message: text(given.Message) }),
    output: (answer) => answer,
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html
  'sqs:sendMessage': {
    ...{ service: 'sqs', operation: 'SendMessage', prefix: 'SQS' },
    input: (given) => ({ ...given, MessageBody: text(given.MessageBody) }),
    output: (answer) => answer,
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
  'events:putEvents': {
    ...{ service: 'eventbridge', operation: 'PutEvents', prefix: 'EventBridge' },
    input: ({ Entries }) => ({ Entries: Entries.map((entry: Input) => ({ ...entry, Detail: text(entry.Detail) })) }),
    output: (answer) => {
      if (answer.FailedEntryCount > 0) throw new AslError('EventBridge.FailedEntry', JSON.stringify(answer));
      return answer;
    },
  },
};

/** Names of services in errors of `aws-sdk` integrations, where they are not the id with a capital. */
const SDK_PREFIXES: Record<string, string> = {
  dynamodb: 'DynamoDb',
  cloudwatch: 'CloudWatch',
  eventbridge: 'EventBridge',
  route53: 'Route53',
  elasticloadbalancingv2: 'ElasticLoadBalancingV2',
};

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html */
function sdkIntegration(service: string, action: string): Integration {
  return {
    ...{ service, operation: capital(action), prefix: SDK_PREFIXES[service] ?? capital(service) },
    input: (given) => unshaped(service, given),
    output: (answer) => shaped(service, answer),
  };
}

function integrationOf(resource: string): Integration {
  const name = resource.replace(/^arn:aws:states:::/, '').replace(/\.waitForTaskToken$/, '');
  const [, service, action] = /^aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(name) ?? [];
  const integration = service !== undefined && action !== undefined ? sdkIntegration(service, action) : OPTIMIZED[name];
  if (integration === undefined) throw new NotSimulated(`the integration ${resource}`);
  return integration;
}

/**
 * Calls a service for a state, with the machine's role, once: a state machine has its own Retry.
 * Rejects with AslError for what the service refuses.
 */
export async function integrate(call: IntegrationCall, caller: Caller, region: string, world: World): Promise<unknown> {
  const { service, operation, prefix, input, output } = integrationOf(call.resource);
  let answer: unknown;
  try {
    const given = input(call.arguments ?? {});
    answer = await world.call({ caller, from: region, region, service, operation, input: given, attempts: 1 });
  } catch (error) {
    if (error instanceof AwsError) throw refusal(prefix, error);
    if (error instanceof Unreachable) throw new AslError(`${prefix}.SdkClientException`, error.message);
    throw error;
  }
  return output(answer, call.arguments);
}

function refusal(prefix: string, error: AwsError): AslError {
  const cause = `${error.message} (Service: ${prefix}, Status Code: ${error.status})`;
  // https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
  if (prefix === 'Lambda' && error.status >= 500) return new AslError('Lambda.ServiceException', cause);
  if (prefix === 'Lambda' && error.status === 403) return new AslError('Lambda.AWSLambdaException', cause);
  return new AslError(`${prefix}.${error.name.endsWith('Exception') ? error.name : `${error.name}Exception`}`, cause);
}

/**
 * A function's own error keeps its name; a runtime that went away has none of its own.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function invoked(answer: Input): unknown {
  if (answer.Payload === undefined) return { StatusCode: answer.StatusCode };
  const payload: string = answer.Payload.toString();
  if (answer.FunctionError === undefined)
    return { ExecutedVersion: answer.ExecutedVersion, Payload: JSON.parse(payload), StatusCode: answer.StatusCode };
  const { errorType } = JSON.parse(payload);
  throw new AslError(
    typeof errorType !== 'string' || errorType.startsWith('Runtime.') ? 'Lambda.Unknown' : errorType,
    payload,
  );
}
