import type { CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { durationText } from '../src/plan/duration.ts';
import { gitStore } from '../src/plan/stores.ts';
import { dimensions } from './constructs/alarm.ts';
import type { LifeboatStack } from './stack.ts';

const DAY_SECONDS = 86_400;
const REPLICATION_SECONDS = 15 * 60;
const LEAST_SUCCESS_PERCENT = 95;
const LARGEST_DEVIATION_PERCENT = 50;

type Watched = {
  /** Also its section in `docs/runbooks/alarms.md`. */
  name: string;
  grade: 'Critical' | 'Warning';
  what: string;
  metric: string;
  /** Of a store or a tier, rather than of the plan. */
  of?: { Store: string } | { Tier: string };
  condition: Pick<CfnAlarmProps, 'comparisonOperator' | 'threshold' | 'statistic' | 'treatMissingData'>;
  /** How many minutes in a row it must be so. */
  minutes: number;
};

/**
 * Tells people when what could be brought back is not what the plan promises. The function measure-rpo publishes these
 * metrics each minute. One that is missing says nothing either way, and the alarm on it has insufficient data: that the
 * measuring itself has stopped is an alarm of its own.
 */
export class RecoveryPointAlarms extends Construct {
  readonly names: string[];

  constructor(stack: LifeboatStack, topic: string) {
    super(stack, 'RecoveryPointAlarms');
    const watched = [...objectives(stack), ...git(stack), ...BACKUPS, VERIFICATION, NOT_VERIFIED, BLIND];
    this.names = watched.map((each) => {
      const alarmName = stack.names.of(each.name);
      new CfnAlarm(this, each.name, {
        alarmName,
        alarmDescription: describe(each),
        namespace: 'Lifeboat',
        metricName: each.metric,
        dimensions: dimensions({ Plan: stack.plan.name, ...each.of }),
        period: 60,
        evaluationPeriods: each.minutes,
        ...each.condition,
        alarmActions: [topic],
      });
      return alarmName;
    });
  }
}

const describe = ({ name, grade, what }: Watched): string =>
  `${grade}: ${what} What to do: docs/runbooks/alarms.md#${sectionOf(name)}`;

/** Of tiers there is one section together. */
const sectionOf = (name: string): string => (name.startsWith('rpo-') ? 'rpo' : name);

const above = (threshold: number): Watched['condition'] => ({
  comparisonOperator: 'GreaterThanThreshold',
  threshold,
  statistic: 'Maximum',
  treatMissingData: 'missing',
});

/**
 * At the first minute: what a tier would lose grows by a minute each minute and falls only when a newer recovery point
 * becomes restorable, by much more than that. So it crosses its target once for each promise that was broken, and
 * waiting for a second minute would only tell it later.
 */
const objectives = ({ plan }: LifeboatStack): Watched[] =>
  plan.tiers.map(({ name, rpo }) => ({
    name: `rpo-${name}`,
    grade: 'Critical',
    what: `Lost now, the tier ${name} would lose more than the ${durationText(rpo)} that the plan promises.`,
    metric: 'RecoveryPointAge',
    of: { Tier: name },
    condition: above(rpo),
    minutes: 1,
  }));

const git = ({ plan }: LifeboatStack): Watched[] => {
  const { git } = plan.stores;
  if (git === undefined) return [];
  return [
    {
      name: 'git-behind',
      grade: 'Warning',
      what: `For more than ${durationText(git.rpo)} the primary has not been known to be at a Git revision that the standby has.`,
      metric: 'RecoveryPointAge',
      of: { Store: gitStore(git.name) },
      condition: above(git.rpo),
      minutes: 5,
    },
  ];
};

const BACKUPS: Watched[] = [
  {
    name: 'backups-failing',
    grade: 'Critical',
    what: 'For five minutes the newest backup of a schedule has not been one that can be restored.',
    metric: 'BackupsFailing',
    condition: { ...above(1), comparisonOperator: 'GreaterThanOrEqualToThreshold' },
    minutes: 5,
  },
  {
    name: 'no-backup',
    grade: 'Critical',
    what: 'No backup of the last 24 hours can be restored.',
    metric: 'BackupAge',
    condition: above(DAY_SECONDS),
    minutes: 1,
  },
  {
    name: 'backup-success',
    grade: 'Warning',
    what: `Of the backups of the last 24 hours fewer than ${LEAST_SUCCESS_PERCENT} % can be restored.`,
    metric: 'BackupSuccessRate',
    condition: { ...above(LEAST_SUCCESS_PERCENT), comparisonOperator: 'LessThanThreshold', statistic: 'Minimum' },
    minutes: 5,
  },
  {
    name: 'replication-lag',
    grade: 'Warning',
    what: 'For 15 minutes something sealed in the primary has been waited for in the standby for more than 15 minutes.',
    metric: 'ReplicationLag',
    condition: above(REPLICATION_SECONDS),
    minutes: 15,
  },
  {
    name: 'backup-deviation',
    grade: 'Warning',
    what: `The newest backup's size or number of items is more than ${LARGEST_DEVIATION_PERCENT} % off those before it.`,
    metric: 'BackupDeviation',
    condition: above(LARGEST_DEVIATION_PERCENT),
    minutes: 5,
  },
];

/** Published once a week: until the next time it stays as it was found. */
const VERIFICATION: Watched = {
  name: 'verification',
  grade: 'Critical',
  what: 'The last verification found stores whose newest recovery point is damaged, lacks something, or could not be read.',
  metric: 'VerificationFailures',
  condition: {
    ...above(1),
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    treatMissingData: 'ignore',
  },
  minutes: 1,
};

/** A week, and a day for one that could not begin at once: what was never verified is older than that. */
const NOT_VERIFIED: Watched = {
  name: 'not-verified',
  grade: 'Warning',
  what: 'For eight days nobody has looked into the backups: the weekly verification has not run, or not come to its end.',
  metric: 'VerificationAge',
  condition: above(8 * DAY_SECONDS),
  minutes: 5,
};

/** Nothing published is nothing known: then no other of these alarms can speak. */
const BLIND: Watched = {
  name: 'catalogue-blind',
  grade: 'Critical',
  what: 'For five minutes nothing has said how old the recovery points are: nobody knows what could be brought back.',
  metric: 'RecoveryPointAge',
  condition: {
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    statistic: 'SampleCount',
    treatMissingData: 'breaching',
  },
  minutes: 5,
};
