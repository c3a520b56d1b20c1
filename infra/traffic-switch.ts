import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnHealthCheck, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { EntryPoint } from '../src/plan/schema.ts';
import { dimensions } from './constructs/alarm.ts';
import type { LifeboatStack } from './stack.ts';

/**
 * What moves an entry point's traffic: a number in the standby's region, and nothing else on the day. While it says
 * that traffic belongs to the standby, the health check on it fails, and Route 53 answers with the second record.
 * No record is edited, so no control plane in us-east-1 is needed; and nothing in the primary can hold it up.
 * https://aws.amazon.com/blogs/networking-and-content-delivery/creating-disaster-recovery-mechanisms-using-amazon-route-53/
 */
export class TrafficSwitch extends Construct {
  constructor(stack: LifeboatStack, entryPoint: EntryPoint, standby: string) {
    super(stack, `Traffic-${entryPoint.name}`);
    const healthCheck = this.#healthCheck(stack, entryPoint);
    const { zone, ttl } = stack.plan.traffic;
    const record = { hostedZoneId: zone.id, name: entryPoint.host, type: 'CNAME', ttl: String(ttl) };
    new CfnRecordSet(this, 'Primary', {
      ...record,
      setIdentifier: 'primary',
      failover: 'PRIMARY',
      healthCheckId: healthCheck.ref,
      resourceRecords: [entryPoint.primary],
    });
    new CfnRecordSet(this, 'Standby', {
      ...record,
      setIdentifier: 'standby',
      failover: 'SECONDARY',
      resourceRecords: [standby],
    });
  }

  /**
   * A health check reads the alarm's metric, not its state, and only an alarm as plain as this one: a single metric,
   * standard resolution, one of one. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
   */
  #healthCheck(stack: LifeboatStack, { name }: EntryPoint): CfnHealthCheck {
    const alarmName = stack.names.onStandbyAlarm(name);
    const alarm = new CfnAlarm(this, 'Alarm', {
      alarmName,
      alarmDescription: `Traffic of ${name} belongs to the standby`,
      namespace: 'Lifeboat',
      metricName: 'OnStandby',
      dimensions: dimensions({ Plan: stack.plan.name, EntryPoint: name }),
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'ignore',
    });
    const check = new CfnHealthCheck(this, 'HealthCheck', {
      healthCheckConfig: {
        type: 'CLOUDWATCH_METRIC',
        alarmIdentifier: { name: alarmName, region: stack.region },
        // Silence moves nothing, either way.
        insufficientDataHealthStatus: 'LastKnownStatus',
      },
      healthCheckTags: [{ key: 'Name', value: alarmName }],
    });
    check.node.addDependency(alarm);
    return check;
  }
}
