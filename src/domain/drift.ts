import type { EntryPoint, Plan } from '../plan/schema.ts';

/** What is known of a name's records: the failover pair that was deployed, as it stands now. */
export type FailoverRecord = {
  failover: string | undefined;
  value: string | undefined;
  healthCheckId: string | undefined;
};

/** What is known of a health check: what it watches, and whether somebody turned it off or round. */
export type HealthCheckFacts = { type: string; alarm: string | undefined; disabled: boolean; inverted: boolean };

export type DriftFacts = {
  versions: { primary: string; standby: string | undefined };
  records: Map<string, FailoverRecord[]>;
  checks: Map<string, HealthCheckFacts>;
};

/** What stands otherwise than a failover needs it: seen before the day, not on it. */
export function findDrift(plan: Plan, { versions, records, checks }: DriftFacts): string[] {
  const names = plan.entryPoints.flatMap((entry) => nameDrift(plan.name, entry, records.get(entry.host) ?? [], checks));
  return [...versionDrift(versions), ...names];
}

/** Velero does not support restoring into an older Kubernetes. https://velero.io/docs/v1.18/migration-case/ */
function versionDrift({ primary, standby }: DriftFacts['versions']): string[] {
  if (standby === undefined) return ["the standby's cluster is not there"];
  const older = standby.localeCompare(primary, undefined, { numeric: true }) < 0;
  return older ? [`the standby runs Kubernetes ${standby}, older than the primary's ${primary}`] : [];
}

function nameDrift(
  planName: string,
  { name, host, primary }: EntryPoint,
  records: FailoverRecord[],
  checks: DriftFacts['checks'],
): string[] {
  const first = records.find((record) => record.failover === 'PRIMARY');
  const second = records.find((record) => record.failover === 'SECONDARY');
  if (first === undefined || second === undefined) return [`${host} has no failover pair of records`];
  if (first.value !== primary) return [`${host}: its primary record leads to ${first.value}, not to ${primary}`];
  const check = first.healthCheckId === undefined ? undefined : checks.get(first.healthCheckId);
  if (check === undefined) return [`${host}: its primary record has no health check, so its traffic can never move`];
  if (check.disabled || check.inverted)
    return [`${host}: its health check is ${check.disabled ? 'disabled' : 'inverted'}`];
  const alarm = `lifeboat-${planName}-${name}-on-standby`;
  return check.alarm === alarm
    ? []
    : [`${host}: its health check follows ${check.alarm ?? check.type}, not the alarm ${alarm}`];
}
