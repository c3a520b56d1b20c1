import { cronEvery } from './intervals.ts';
import type { BackupSchedule, Plan } from './schema.ts';

export type SiteName = 'primary' | 'standby';

/** The region where Lifeboat itself runs. */
export const controlRegion = (plan: Plan): string => plan.control?.region ?? plan.sites.standby.region;

/** Every namespace that a workload or platform component lives in, in tier order, each once. */
export function protectedNamespaces(plan: Plan): string[] {
  return [...new Set(plan.tiers.flatMap((tier) => tierNamespaces(plan, tier.name)))];
}

/** What of a plan, or of one as it is written, tells the namespaces of its tiers. */
export type Tiered = {
  tiers: readonly { name: string }[];
  platform?: readonly { namespaces: string[] }[] | undefined;
  workloads: readonly { tier: string; namespaces: string[] }[];
};

/** The namespaces restored with a tier: its workloads', and with the first tier the platform's, which come first. */
export function tierNamespaces(plan: Tiered, tier: string): string[] {
  const platform = plan.tiers[0]?.name === tier ? (plan.platform ?? []) : [];
  const workloads = plan.workloads.filter((workload) => workload.tier === tier);
  return [...new Set([...platform, ...workloads].flatMap((part) => part.namespaces))];
}

/** The namespaces that a schedule covers. */
export function scheduledNamespaces(plan: Plan, schedule: BackupSchedule): string[] {
  return schedule.namespaces === 'all' ? protectedNamespaces(plan) : schedule.namespaces;
}

/** Five cron fields, UTC, of a schedule given either way. */
export const cronOf = (schedule: BackupSchedule): string => schedule.cron ?? cronEvery(schedule.every ?? 0);
