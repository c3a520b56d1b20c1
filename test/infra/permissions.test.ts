import { describe, expect, it } from '@jest/globals';
import { assemble, resources, text } from './assembly.ts';

type Statement = { Effect: string; Action: string | string[]; Resource?: unknown };

const assembly = assemble();
const roles = resources(assembly, 'AWS::IAM::Role');
const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const allowed = roles.flatMap((role) =>
  list(role.Properties.Policies).flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
    PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').map((statement) => ({
      role: role.Properties.RoleName as string,
      actions: list(statement.Action),
      resources: list(statement.Resource).map(text),
    })),
  ),
);

/** Actions for which AWS has no resource to name, as its service authorization reference says. */
const WITHOUT_RESOURCE = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'cloudwatch:PutMetricData',
  'cloudwatch:GetMetricStatistics',
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

const mayDo = (role: string) =>
  allowed.filter((each) => each.role === `lifeboat-knative-lambda-${role}`).flatMap(({ actions }) => actions);

describe('permissions', () => {
  it('never grant an action by wildcard', () => {
    expect(allowed.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('name every resource, save for actions that have none to name', () => {
    const unnamed = allowed.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect(unnamed.filter((action) => !WITHOUT_RESOURCE.includes(action))).toEqual([]);
  });

  it('are never taken from a shared policy of AWS, save for what the standby cluster itself needs', () => {
    const managed = roles.filter((role) => role.Properties.ManagedPolicyArns !== undefined);
    expect(managed.map((role) => role.Properties.RoleName)).toEqual([
      'lifeboat-knative-lambda-standby-cluster',
      'lifeboat-knative-lambda-standby-node',
    ]);
  });

  it('are given to one AWS service per role, and to nobody else', () => {
    for (const { Properties } of roles) {
      const [statement, ...more] = Properties.AssumeRolePolicyDocument.Statement;
      expect(more).toEqual([]);
      expect(Object.keys(statement.Principal)).toEqual(['Service']);
    }
  });

  it('let metrics be put into the namespace Lifeboat alone', () => {
    const statements = resources(assembly, 'AWS::IAM::Role')
      .flatMap((role) => role.Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => list(Action).includes('cloudwatch:PutMetricData'));
    expect(statements.length).toBeGreaterThan(0);
    for (const { Condition } of statements)
      expect(Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Lifeboat' } });
  });

  it('let no function edit DNS records, roles, buckets, or load balancers', () => {
    const actions = allowed.flatMap(({ actions }) => actions);
    const edits =
      /^(route53:(Change|Create|Update)|iam:|s3:(PutBucket|CreateBucket)|elasticloadbalancing:(Create|Modify))/;
    expect(actions.filter((action) => edits.test(action))).toEqual([]);
  });

  it("let the standby's Velero change nothing but its records of restores, and its own backups beside the primary's", () => {
    const velero = roles.find((role) => role.Properties.RoleName === 'lifeboat-knative-lambda-velero-standby');
    const statements = velero?.Properties.Policies[0].PolicyDocument.Statement;
    const writes = statements.find(
      (each: Statement) => each.Effect === 'Allow' && list(each.Action).includes('s3:PutObject'),
    );
    const deny = statements.find((each: Statement) => each.Effect === 'Deny');
    const records = 'arn:aws:s3:::knative-lambda-dr-backups-us-east-1/velero/restores/*';
    expect(writes.Resource).toBe(records);
    expect(deny.NotResource).toEqual([records, 'arn:aws:s3:::knative-lambda-dr-backups-us-east-1/velero-standby/*']);
    expect(deny.Action).toEqual(expect.arrayContaining(['s3:PutObject', 's3:DeleteObject']));
  });

  it('let each state machine start what its definition names, and the fence itself', () => {
    const started = (machine: string) =>
      allowed
        .filter(
          ({ role, actions }) =>
            role === `lifeboat-knative-lambda-${machine}` && /^(lambda|states):/.test(actions[0] ?? ''),
        )
        .map(({ actions, resources }) => [actions[0], resources.length]);
    expect(started('fence')).toEqual([
      ['lambda:InvokeFunction', 1],
      ['states:StartExecution', 1],
    ]);
    expect(started('protect')).toEqual([['lambda:InvokeFunction', 2]]);
    expect(started('failover')).toEqual([
      ['lambda:InvokeFunction', 17],
      ['states:StartExecution', 1],
    ]);
  });

  it('let the function that hears of trouble with replication pass it on, and no more', () => {
    expect(mayDo('forward-replication-trouble').filter((action) => !/^(logs|sqs):/.test(action))).toEqual([
      'events:PutEvents',
    ]);
  });

  it('leave functions that only look without a right to write', () => {
    expect(mayDo('confirm-loss').filter((action) => /:(Put|Update|Delete|Publish)/.test(action))).toEqual([
      'logs:PutLogEvents',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
    ]);
  });
});
