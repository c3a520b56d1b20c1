import { Alarm, AlarmStatusWidget, AlarmStatusWidgetSortBy, Dashboard, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { agesOfTier, backupsOverTime, replicationLag, restorable, storage, verified } from './dashboard-backups.ts';
import { runHistory, runs } from './dashboard-runs.ts';
import type { MachineName } from './names.ts';
import { replicationFailedName } from './replication-failed.ts';
import type { LifeboatStack } from './stack.ts';
import { storageAlarmName } from './storage-alarm.ts';

const WHOLE_WIDTH = 24;

type Shown = {
  /** Alarms of the control region, by their names. */
  alarms: string[];
  machines: MachineName[];
};

/**
 * What a person looks at first: alarms, what would be lost now against what may be, the backups that this stands on,
 * and what Lifeboat has run. Dashboards belong to no region; widgets of the lost one are empty, and none that a decision
 * needs is.
 */
export class PlanDashboard extends Construct {
  constructor(stack: LifeboatStack, shown: Shown) {
    super(stack, 'Dashboard');
    const { plan, names } = stack;
    new Dashboard(this, 'Resource', {
      dashboardName: names.prefix,
      start: '-P1D',
      widgets: [
        [this.#alarms(stack, shown.alarms)],
        plan.tiers.map((tier) => agesOfTier(stack, tier)),
        [restorable(stack), replicationLag(stack), storage(stack)],
        backupsOverTime(stack),
        shown.machines.map((machine) => runs(stack, machine, shown.machines.length)),
        [verified(stack), runHistory(stack)],
      ],
    });
  }

  #alarms(stack: LifeboatStack, ours: string[]): IWidget {
    const { plan, names } = stack;
    const { primary, standby } = plan.sites;
    const arn = (region: string, name: string): string => names.arn('cloudwatch', region, `alarm:${name}`);
    const arns = [
      ...ours.map((name) => arn(stack.region, name)),
      arn(standby.region, storageAlarmName(stack)),
      ...plan.stores.buckets.map(({ name }) => arn(primary.region, replicationFailedName(stack, name))),
      ...plan.entryPoints.map(({ name }) => arn(standby.region, names.onStandbyAlarm(name))),
    ];
    return new AlarmStatusWidget({
      title: 'Alarms',
      width: WHOLE_WIDTH,
      height: 4,
      sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
      alarms: arns.map((each, index) => Alarm.fromAlarmArn(this, `Alarm${index}`, each)),
    });
  }
}
