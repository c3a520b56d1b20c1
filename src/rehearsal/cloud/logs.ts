import { physicalName } from './physical-name.ts';
import type { Operation, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

/** Step Functions' log deliveries name no resource. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
export const LOG_DELIVERY_ACTIONS = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
];

/** Log groups, and who may write to them. What is written stands in the transcript; nothing is kept here. */
export class Logs implements Service {
  readonly id = 'logs';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;

  constructor(world: World) {
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    const onStream = (action: string): Operation => ({
      permissions: (input, at) => {
        const group = `arn:aws:logs:${at.region}:${world.account}:log-group:${input.logGroupName}`;
        return [{ action, resource: `${group}:log-stream:${input.logStreamName}` }];
      },
      answer: () => ({}),
    });
    const onAll = (action: string): Operation => ({
      permissions: () => [{ action, resource: '*' }],
      answer: () => ({}),
    });
    this.operations = {
      CreateLogStream: onStream('logs:CreateLogStream'),
      PutLogEvents: onStream('logs:PutLogEvents'),
      ...Object.fromEntries(LOG_DELIVERY_ACTIONS.map((name) => [name, onAll(`logs:${name}`)])),
    };
    this.resources = {
      'AWS::Logs::LogGroup': (properties, at) => {
        const name = physicalName(properties.LogGroupName, at, 512);
        return { ref: name, attributes: { Arn: `arn:aws:logs:${at.region}:${world.account}:log-group:${name}:*` } };
      },
      'AWS::Logs::LogStream': (properties, at) => ({ ref: physicalName(properties.LogStreamName, at, 512) }),
      'AWS::Logs::ResourcePolicy': (properties) => ({ ref: properties.PolicyName }),
    };
  }
}
