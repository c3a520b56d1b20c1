import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assemble, type Placed, resources, text } from './assembly.ts';

const assembly = assemble();
const { plan } = assembly;
const PREFIX = 'lifeboat-knative-lambda-';

/** Alarms whose description names a grade: those of recovery points. */
const alarms = resources(assembly, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
  /^(Critical|Warning): /.test(Properties.AlarmDescription),
);
const named = (name: string): Placed['Properties'] =>
  alarms.find(({ Properties }) => Properties.AlarmName === `${PREFIX}${name}`)?.Properties;

const EXPECTED: [name: string, properties: Record<string, unknown>][] = [
  ['backups-failing', { MetricName: 'BackupsFailing', Threshold: 1, Period: 60, EvaluationPeriods: 5 }],
  ['no-backup', { MetricName: 'BackupAge', Threshold: 86_400, Statistic: 'Maximum' }],
  [
    'backup-success',
    { MetricName: 'BackupSuccessRate', Threshold: 95, ComparisonOperator: 'LessThanThreshold', Statistic: 'Minimum' },
  ],
  ['replication-lag', { MetricName: 'ReplicationLag', Threshold: 900, Period: 60, EvaluationPeriods: 15 }],
  ['backup-deviation', { MetricName: 'BackupDeviation', Threshold: 50 }],
  ['verification', { MetricName: 'VerificationFailures', Threshold: 1, TreatMissingData: 'ignore' }],
  ['not-verified', { MetricName: 'VerificationAge', Threshold: 8 * 86_400, Statistic: 'Maximum', Period: 60 }],
  [
    'git-behind',
    {
      ...{ MetricName: 'RecoveryPointAge', Threshold: 4 * 3600 },
      Dimensions: [
        { Name: 'Plan', Value: plan.name },
        { Name: 'Store', Value: 'git/knative-lambda' },
      ],
    },
  ],
  [
    'replication-failed-knative-lambda-sources',
    {
      ...{ Namespace: 'AWS/S3', MetricName: 'OperationsFailedReplication', Threshold: 0, Statistic: 'Sum' },
      Dimensions: [
        { Name: 'SourceBucket', Value: 'knative-lambda-sources' },
        { Name: 'DestinationBucket', Value: 'knative-lambda-sources-us-east-1' },
        { Name: 'RuleId', Value: 'all' },
      ],
    },
  ],
  ['catalogue-blind', { MetricName: 'RecoveryPointAge', Statistic: 'SampleCount', TreatMissingData: 'breaching' }],
  ['storage-limit', { Namespace: 'AWS/S3', MetricName: 'BucketSizeBytes', Threshold: 100e9, Period: 86_400 }],
];

describe('alarms of recovery points', () => {
  it('are one for each tier, and those of the whole plan', () => {
    expect(alarms.map(({ Properties }) => Properties.AlarmName.slice(PREFIX.length)).toSorted()).toEqual(
      [...plan.tiers.map(({ name }) => `rpo-${name}`), ...EXPECTED.map(([name]) => name)].toSorted(),
    );
  });

  it.each(EXPECTED)('%s looks at what it should', (name, properties) => {
    expect(named(name)).toMatchObject(properties);
  });

  it.each(plan.tiers.map((tier) => [tier.name, tier] as const))(
    'tell of %s in the first minute that it would lose more than it may',
    (name, tier) => {
      expect(named(`rpo-${name}`)).toMatchObject({
        MetricName: 'RecoveryPointAge',
        Dimensions: [
          { Name: 'Plan', Value: plan.name },
          { Name: 'Tier', Value: name },
        ],
        Threshold: tier.rpo,
        ComparisonOperator: 'GreaterThanThreshold',
        Period: 60,
        EvaluationPeriods: 1,
      });
    },
  );

  it.each(alarms.map((alarm) => [alarm.Properties.AlarmName, alarm] as const))(
    '%s tells people of its own region, and where they read what to do',
    (_, { Properties, stack }) => {
      const [topic] = Properties.AlarmActions;
      if (topic.Ref === undefined)
        expect(text(topic)).toContain(`:${assembly.environments[stack]?.split('/').at(-1)}:`);
      else expect(assembly.templates[stack]?.Resources[topic.Ref]?.Type).toBe('AWS::SNS::Topic');
      const [, file = '', section] = /What to do: (.*)#(.*)$/.exec(Properties.AlarmDescription) ?? [];
      expect(readFileSync(file, 'utf8')).toContain(`\n## ${section}\n`);
    },
  );

  it('have no data where none was measured, except for the one that says so', () => {
    const missing = alarms.map(({ Properties }) => [Properties.AlarmName, Properties.TreatMissingData]);
    expect(missing.filter(([, treated]) => treated !== 'missing')).toEqual(
      expect.arrayContaining([
        [`${PREFIX}catalogue-blind`, 'breaching'],
        [`${PREFIX}storage-limit`, 'ignore'],
      ]),
    );
  });

  it('watch the limit that the plan sets, beside the replica', () => {
    const changed = assemble('lifeboat.yaml', {
      change: (input) => ({
        ...input,
        control: { region: 'eu-west-1' },
        stores: { ...input.stores, backups: { ...input.stores.backups, storageLimitGb: 250 } },
      }),
    });
    const alarm = resources(changed, 'AWS::CloudWatch::Alarm').find(
      ({ Properties }) => Properties.MetricName === 'BucketSizeBytes',
    );
    expect([alarm?.stack, alarm?.Properties.Threshold]).toEqual(['standby', 250e9]);
    expect(changed.environments.standby).toContain('us-east-1');
    // The topic of another region is none that an alarm can reach.
    expect(alarm?.Properties.AlarmActions[0].Ref).toBeDefined();
  });
});
