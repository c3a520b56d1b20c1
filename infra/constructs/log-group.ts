import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Made ahead with a retention, rather than by the service on first use without one. A report outlives it. */
export function logGroup(scope: Construct, name: string): LogGroup {
  return new LogGroup(scope, 'Logs', {
    logGroupName: name,
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
