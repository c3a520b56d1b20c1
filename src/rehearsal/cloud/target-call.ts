import { parseArn } from './arn.ts';
import type { Input } from './service.ts';

export type TargetCall = { service: string; operation: string; input: Input };

/** The call by which EventBridge, its Scheduler or SNS hand a text to a target. Undefined for what is no such target. */
export function targetCall(arn: string, text: string): TargetCall | undefined {
  const parsed = parseArn(arn);
  if (parsed === undefined) return undefined;
  const { service, region, account, resource } = parsed;
  switch (service) {
    case 'lambda':
      return { service, operation: 'Invoke', input: { FunctionName: arn, InvocationType: 'Event', Payload: text } };
    case 'states':
      return { service: 'sfn', operation: 'StartExecution', input: { stateMachineArn: arn, input: text } };
    case 'sqs':
      return {
        service,
        operation: 'SendMessage',
        input: { QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${resource}`, MessageBody: text },
      };
    case 'sns':
      return { service, operation: 'Publish', input: { TopicArn: arn, Message: text } };
    default:
      return undefined;
  }
}
