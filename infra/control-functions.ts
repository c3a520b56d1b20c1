import type { Plan } from '../src/plan/schema.ts';
import { cataloguingFunctions, judgingEnvironment } from './catalogue-functions.ts';
import type { FunctionsGiven } from './constructs/lambda-function.ts';
import { LambdaFunction } from './constructs/lambda-function.ts';
import type { FunctionName } from './environments.ts';
import { Grants } from './grants.ts';

/**
 * Enough for AWS's clients; and for a Kubernetes client with a cluster's objects in hand. Both end before the state
 * machine's patience with a call does (60 s), so that it learns why.
 */
const SMALL = { memoryMiB: 256, timeoutSeconds: 55 };
const LARGE = { memoryMiB: 512, timeoutSeconds: 55 };

/** Reads whole lists: of a cluster's objects, of a bucket's. */
const READING_SECONDS = 240;

/** The fence tries for ten minutes at a time, and needs some more when it succeeds in the last of them. */
const FENCE_SECONDS = 780;

type Functions = LambdaFunction<FunctionName>[];

/** The functions of the control region, in the order in which a failover meets them. */
export function controlFunctions(given: FunctionsGiven, reportKeyArn: string): Functions {
  return [
    ...detecting(given),
    ...deciding(given),
    ...cataloguingFunctions(given),
    ...protecting(given),
    ...preparing(given),
    ...recovering(given),
    ...shifting(given),
    ...reporting(given, reportKeyArn),
  ];
}

function detecting(given: FunctionsGiven): Functions {
  const { names } = given.stack;
  const grant = new Grants(names);
  const SIGNALS_TABLE = names.of('signals');
  return [
    new LambdaFunction(given, {
      name: 'probe-sites',
      environment: { OBSERVER: 'control', SIGNALS_TABLE, CONTROL_BUS: names.bus },
      grants: [grant.signals('GetItem', 'PutItem'), grant.tellBus()],
      ...SMALL,
      timeoutSeconds: probingSeconds(given.stack.plan),
      asynchronous: true,
    }),
    new LambdaFunction(given, {
      name: 'record-signal',
      environment: { SIGNALS_TABLE },
      grants: [grant.signals('GetItem', 'PutItem')],
      ...SMALL,
      asynchronous: true,
    }),
    new LambdaFunction(given, {
      name: 'confirm-loss',
      environment: { SIGNALS_TABLE },
      grants: [
        grant.signals('Query'),
        grant.cluster('standby', 'DescribeCluster'),
        grant.loadBalancers('DescribeLoadBalancers'),
      ],
      ...SMALL,
    }),
  ];
}

/**
 * While something looks wrong, a prober goes on until the next one is due; 15 minutes are all that Lambda gives.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const probingSeconds = (plan: Plan): number => Math.min(plan.detection.interval, 900);

function deciding(given: FunctionsGiven): Functions {
  const { names } = given.stack;
  const grant = new Grants(names);
  const RUNS_TABLE = names.of('runs');
  return [
    new LambdaFunction(given, {
      name: 'begin-run',
      environment: { RUNS_TABLE },
      grants: [grant.runs('GetItem', 'PutItem')],
      ...SMALL,
    }),
    new LambdaFunction(given, {
      name: 'choose-recovery-points',
      environment: { ...judgingEnvironment(given), RUNS_TABLE },
      grants: [...grant.judge(), grant.runs('UpdateItem')],
      ...LARGE,
      timeoutSeconds: READING_SECONDS,
    }),
    new LambdaFunction(given, {
      name: 'ask-approval',
      environment: { RUNS_TABLE, TOPIC_ARN: names.topicArn },
      grants: [grant.runs('UpdateItem'), grant.tellPeople()],
      ...SMALL,
    }),
    new LambdaFunction(given, {
      name: 'raise-epoch',
      environment: { RUNS_TABLE, TOPIC_ARN: names.topicArn },
      grants: [grant.runs('GetItem', 'UpdateItem'), grant.tellPeople()],
      ...SMALL,
    }),
    new LambdaFunction(given, {
      name: 'fence-site',
      environment: { RUNS_TABLE, CONTROL_BUCKET: names.capturedBucket },
      grants: [grant.runs('GetItem', 'UpdateItem'), grant.readCaptured()],
      ...LARGE,
      timeoutSeconds: FENCE_SECONDS,
      alarmed: true,
    }),
  ];
}

function protecting(given: FunctionsGiven): Functions {
  const { names } = given.stack;
  const grant = new Grants(names);
  const CONTROL_BUCKET = names.capturedBucket;
  const RUNS_TABLE = names.of('runs');
  return [
    new LambdaFunction(given, {
      name: 'capture-primary',
      environment: { CONTROL_BUCKET, RUNS_TABLE, SEAL_KEY_ID: names.sealKeyAlias, TOPIC_ARN: names.topicArn },
      grants: [
        grant.cluster('primary', 'DescribeCluster', 'ListAddons'),
        grant.describeAddons('primary'),
        ...(given.stack.plan.stores.backups.endpoint ? [] : [grant.readSealKey()]),
        grant.cluster('standby', 'DescribeCluster'),
        grant.readRecords(),
        grant.readHealthChecks(),
        grant.missCaptured(),
        grant.readCaptured(),
        grant.writeCaptured(),
        grant.tellPeople(),
        grant.runs('GetItem'),
      ],
      ...LARGE,
      timeoutSeconds: READING_SECONDS,
      asynchronous: true,
    }),
    new LambdaFunction(given, {
      name: 'protect-cluster',
      environment: { ACCOUNT: names.account, RUNS_TABLE },
      grants: [
        grant.cluster('primary', 'DescribeCluster', 'ListPodIdentityAssociations'),
        grant.cluster('standby', 'DescribeCluster', 'ListPodIdentityAssociations'),
        grant.runs('GetItem'),
      ],
      ...LARGE,
    }),
  ];
}

function preparing(given: FunctionsGiven): Functions {
  const { names, plan } = given.stack;
  const { replica } = plan.stores.backups;
  const grant = new Grants(names);
  const CONTROL_BUCKET = names.capturedBucket;
  const RUNS_TABLE = names.of('runs');
  return [
    new LambdaFunction(given, {
      name: 'check-images',
      environment: { ACCOUNT: names.account, CONTROL_BUCKET, RUNS_TABLE },
      grants: [grant.readCaptured(), ...grant.images(), grant.runs('UpdateItem')],
      ...SMALL,
    }),
    new LambdaFunction(given, {
      name: 'hide-strays',
      environment: { REPLICA_BUCKET: replica, RUNS_TABLE },
      grants: [
        grant.missReplica(),
        ...grant.readReplica('lifeboat/seals/*'),
        grant.hideReplica('velero/kopia/*'),
        grant.runs('UpdateItem'),
      ],
      ...SMALL,
    }),
    new LambdaFunction(given, {
      name: 'reserve-capacity',
      environment: { ACCOUNT: names.account, CONTROL_BUCKET, RUNS_TABLE },
      grants: [grant.cluster('standby', 'DescribeCluster'), grant.readCaptured(), grant.runs('UpdateItem')],
      ...LARGE,
    }),
    new LambdaFunction(given, {
      name: 'sync-backups',
      environment: { REPLICA_BUCKET: replica },
      grants: [
        grant.cluster('standby', 'DescribeCluster'),
        grant.missReplica(),
        ...grant.readReplica('velero/backups/*'),
      ],
      ...LARGE,
    }),
  ];
}

function recovering(given: FunctionsGiven): Functions {
  const { names, plan } = given.stack;
  const grant = new Grants(names);
  const RUNS_TABLE = names.of('runs');
  const describe = grant.cluster('standby', 'DescribeCluster');
  return [
    new LambdaFunction(given, {
      name: 'restore-tier',
      environment: { ACCOUNT: names.account, CONTROL_BUCKET: names.capturedBucket, RUNS_TABLE },
      grants: [describe, grant.readCaptured(), grant.runs('UpdateItem')],
      ...LARGE,
    }),
    new LambdaFunction(given, {
      name: 'bind-entry-points',
      environment: { RUNS_TABLE },
      grants: [describe, grant.loadBalancers('DescribeTargetGroups'), grant.runs('UpdateItem')],
      ...LARGE,
    }),
    new LambdaFunction(given, {
      name: 'prove-tier',
      environment: { REPLICA_BUCKET: plan.stores.backups.replica, RUNS_TABLE },
      grants: [describe, ...grant.readReplica('velero/backups/*'), grant.runs('UpdateItem')],
      ...LARGE,
    }),
    new LambdaFunction(given, {
      name: 'check-tier',
      environment: { RUNS_TABLE },
      grants: [
        describe,
        grant.loadBalancers('DescribeTargetGroups', 'DescribeTargetHealth', 'DescribeLoadBalancers'),
        grant.runs('UpdateItem'),
      ],
      ...LARGE,
    }),
  ];
}

function shifting(given: FunctionsGiven): Functions {
  const grant = new Grants(given.stack.names);
  const RUNS_TABLE = given.stack.names.of('runs');
  return [
    new LambdaFunction(given, {
      name: 'shift-tier',
      environment: { RUNS_TABLE },
      grants: [grant.runs('GetItem', 'Query', 'UpdateItem'), grant.publishMetrics()],
      ...SMALL,
    }),
    new LambdaFunction(given, { name: 'confirm-tier', environment: {}, grants: [], ...SMALL }),
    new LambdaFunction(given, {
      name: 'publish-traffic',
      environment: { RUNS_TABLE },
      grants: [grant.runs('Query'), grant.publishMetrics()],
      ...SMALL,
      asynchronous: true,
    }),
  ];
}

function reporting(given: FunctionsGiven, reportKeyArn: string): Functions {
  const { names } = given.stack;
  const grant = new Grants(names);
  return [
    new LambdaFunction(given, {
      name: 'finish-run',
      environment: {
        RUNS_TABLE: names.of('runs'),
        REPORTS_BUCKET: names.reportsBucket,
        REPORT_KEY_ID: names.reportKeyAlias,
        TOPIC_ARN: names.topicArn,
      },
      grants: [
        grant.runs('Query', 'UpdateItem', 'DeleteItem', 'GetItem'),
        grant.writeReports(),
        { actions: ['kms:Sign'], on: [reportKeyArn] },
        grant.tellPeople(),
      ],
      ...SMALL,
    }),
  ];
}
