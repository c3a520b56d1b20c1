import type { Plan } from '../plan/schema.ts';
import type { Twin } from './twin.ts';

/** Applications' buckets and their replication are people's own: no template of ours makes them. */
export function adoptBuckets({ s3, iam }: Twin, { sites, stores }: Plan): void {
  if (stores.buckets.length === 0) return;
  const trust = {
    Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const role = iam.addRole('applications-replication', trust);
  iam.attach(role, { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }, 'replication');
  for (const { name, replica, rule: id } of stores.buckets) {
    const rule = {
      id,
      priority: 1,
      prefix: '',
      destination: replica,
      deleteMarkers: true,
      timeControl: true,
      metrics: true,
    };
    s3.makeBucket({ name: replica, region: sites.standby.region, versioned: true });
    s3.makeBucket({
      ...{ name, region: sites.primary.region, versioned: true },
      replication: { roleArn: role.arn, rules: [rule] },
    });
  }
}
