import { assessPlan } from '../plan/feasibility.ts';
import { FIGURES } from '../plan/feasibility-figures.ts';
import {
  ASSUMED,
  assumedSizes,
  CHANGED_SHARE,
  countedSizes,
  type Sizes,
  totalOf,
  VOLUME_MEGABYTES,
} from '../plan/feasibility-sizes.ts';
import { protectedNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { manifestsIn } from '../rehearsal/platform.ts';
import type { Finding } from './check-findings.ts';
import { existingDirectory } from './read-input.ts';

/** How much there is of everything, and in words what of it is assumed. */
export function checkedSizes(
  plan: Plan,
  workloads: string | undefined,
  directory: string,
): { sizes: Sizes; findings: Finding[] } {
  if (workloads === undefined) {
    const what = `${each(ASSUMED.objects, 'object')} and ${each(ASSUMED.volumes, 'volume')} are assumed in each namespace, as in the example; ${volumesText(plan, assumedSizes)}`;
    return { sizes: assumedSizes, findings: [{ severity: 'note', what, change: 'count yours with --workloads DIR' }] };
  }
  const { objects } = manifestsIn(existingDirectory('--workloads', workloads, directory));
  const sizes = countedSizes(objects);
  const named = protectedNamespaces(plan);
  const { objects: counted, volumes } = totalOf(sizes, named);
  const absent = named.filter((namespace) => !sizes.has(namespace));
  const assumed = absent.length === 0 ? '' : `, assumed where it has none (${absent.join(', ')})`;
  const what = `${each(counted, 'object')} and ${each(volumes, 'volume')} are counted in ${workloads}${assumed}; ${volumesText(plan, sizes)}`;
  return { sizes, findings: [...unprotected(plan, objects, workloads), { severity: 'note', what, change: OWN_SIZES }] };
}

const OWN_SIZES = 'measure how much your volumes hold, and how long a restore of them takes';

const each = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What volumes are taken to hold, and how much more of it would still be restored in time. */
function volumesText(plan: Plan, sizes: Sizes): string {
  const slack = Math.min(...assessPlan(plan, sizes).tiers.map(({ rto }) => rto.target - rto.p90));
  const more = Math.floor(slack / FIGURES['velero.restoreMegabyte'].p90 / 1000);
  const room = more >= 1 ? `; every rto allows about ${more} GB more` : '';
  return `each volume is taken to hold ${VOLUME_MEGABYTES} MB, of which ${100 * CHANGED_SHARE} % is new in each backup${room}`;
}

/** Namespaces that run and that no workload or platform component of the plan has. */
function unprotected(
  plan: Plan,
  objects: readonly { metadata: { namespace?: string } }[],
  workloads: string,
): Finding[] {
  const named = new Set(protectedNamespaces(plan));
  const others = new Set(objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined));
  const left = [...others].filter((name) => !named.has(name) && !name.startsWith('kube-')).sort();
  if (left.length === 0) return [];
  const what = `${workloads} has ${left.join(', ')}, and the plan does not: nothing of it is backed up`;
  return [
    { severity: 'warning', what, change: 'name a workload or platform component with it, if it is to come back' },
  ];
}
