import type { Plan } from './schema.ts';

export type SiteName = 'primary' | 'standby';

/** The region where Lifeboat itself runs. */
export const controlRegion = (plan: Plan): string => plan.control?.region ?? plan.sites.standby.region;

/** Every namespace that a workload or platform component lives in, in tier order, each once. */
export function protectedNamespaces(plan: Plan): string[] {
  return [...new Set(plan.tiers.flatMap((tier) => tierNamespaces(plan, tier.name)))];
}

/** The namespaces restored with a tier: its workloads', and with the first tier the platform's, which come first. */
export function tierNamespaces(plan: Plan, tier: string): string[] {
  const platform = plan.tiers[0]?.name === tier ? plan.platform : [];
  const workloads = plan.workloads.filter((workload) => workload.tier === tier);
  return [...new Set([...platform, ...workloads].flatMap((part) => part.namespaces))];
}

/** The namespaces that a schedule covers. */
export function scheduledNamespaces(plan: Plan, schedule: Plan['stores']['backups']['schedules'][number]): string[] {
  return schedule.namespaces === 'all' ? protectedNamespaces(plan) : schedule.namespaces;
}

/** Five cron fields, UTC, of a schedule given either way. */
export function cronOf(schedule: Plan['stores']['backups']['schedules'][number]): string {
  if (schedule.cron !== undefined) return schedule.cron;
  const minutes = (schedule.every ?? 0) / 60;
  return minutes < 60 ? `*/${minutes} * * * *` : `0 */${minutes / 60} * * *`;
}
