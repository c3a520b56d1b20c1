import { type Draft, type Item, items, type Part, whole } from './draft.ts';
import { type Tiered, tierNamespaces } from './places.ts';
import { foundText } from './problem.ts';
import type { Misfit } from './shape.ts';

type BackupsDraft = NonNullable<NonNullable<Draft['stores']>['backups']>;
type ScheduleDraft = Item<BackupsDraft['schedules']>;

export function backupRefusals(draft: Draft): Misfit[] {
  return [
    ...bucketRefusals(draft),
    ...copyRefusals(draft),
    ...imageRefusals(draft),
    ...coverRefusals(draft),
    ...unprotected(draft),
  ];
}

function bucketRefusals(draft: Draft): Misfit[] {
  const { bucket, replica, endpoint } = draft.stores?.backups ?? {};
  if (endpoint !== undefined) return endpointRefusals(endpoint.url);
  if (bucket === undefined || bucket !== replica) return [];
  const allowed = 'a bucket of its own in the standby region; names of buckets are unique in all of AWS';
  return [{ path: ['stores', 'backups', 'replica'], found: foundText(replica), allowed }];
}

/** A copy of an application's bucket is a bucket by itself, and none of the backups'. */
function copyRefusals({ stores }: Draft): Misfit[] {
  const { bucket, replica: backups } = stores?.backups ?? {};
  return items(stores?.buckets).flatMap(({ item: { name, replica }, index }): Misfit[] => {
    const others = [name, bucket, backups];
    if (replica === undefined || !others.includes(replica)) return [];
    const allowed = 'a bucket of its own in the standby region; names of buckets are unique in all of AWS';
    return [{ path: ['stores', 'buckets', index, 'replica'], found: foundText(replica), allowed }];
  });
}

/** S3 itself has Pod Identity, replication and seals, which a plan with an endpoint does without. */
function endpointRefusals(url: string | undefined): Misfit[] {
  if (url === undefined || !/\.amazonaws\.com(\.cn)?\/?$/.test(url)) return [];
  const allowed = 'a store other than S3; leave endpoint out for S3';
  return [{ path: ['stores', 'backups', 'endpoint', 'url'], found: foundText(url), allowed }];
}

/** Copies that nobody makes are missing on the day. */
function imageRefusals(draft: Draft): Misfit[] {
  const { velero, repositories } = draft.stores?.images ?? {};
  if (velero === undefined || items(repositories).some(({ item: prefix }) => velero.startsWith(prefix))) return [];
  const found = `${foundText(velero)}, which is not copied to the standby`;
  return [{ path: ['stores', 'images', 'velero'], found, allowed: 'a prefix that stores.images.repositories covers' }];
}

/** A tier is brought back from one backup: configuration alone brings nothing back, and two halves are two moments. */
function coverRefusals(draft: Draft): Misfit[] {
  const schedules = items(draft.stores?.backups?.schedules).map(({ item }) => item);
  if (schedules.length === 0 || schedules.some(coversUnknown)) return [];
  const everything = schedules.filter((schedule) => schedule.contents !== 'configuration');
  if (everything.some(coversAll)) return [];
  const lists = everything.flatMap(({ namespaces }) => (Array.isArray(namespaces) ? [namespaces] : []));
  const uncovered = uncoveredNamespaces(draft, new Set(lists.flat()));
  return uncovered.length > 0 ? uncovered : tornTiers(draft, lists);
}

function uncoveredNamespaces(draft: Draft, covered: ReadonlySet<string | undefined>): Misfit[] {
  return (['workloads', 'platform'] as const).flatMap((list) =>
    items<Part>(draft[list]).flatMap(({ item: part, index }) =>
      items(part.namespaces)
        .filter(({ item: namespace }) => !covered.has(namespace))
        .map(({ item: namespace, index: position }) => ({
          path: [list, index, 'namespaces', position],
          found: `${foundText(namespace)}, which no backup of everything covers`,
          allowed: 'a namespace that one of stores.backups.schedules covers with contents: everything',
        })),
    ),
  );
}

function tornTiers(draft: Draft, lists: readonly (string | undefined)[][]): Misfit[] {
  const tiered = withoutHoles(draft);
  return (tiered?.tiers ?? []).flatMap(({ name }, index): Misfit[] => {
    const namespaces = tiered ? tierNamespaces(tiered, name) : [];
    if (lists.some((list) => namespaces.every((namespace) => list.includes(namespace)))) return [];
    const allowed = `a tier that one schedule of everything covers whole: ${namespaces.join(', ')}`;
    return [{ path: ['tiers', index, 'name'], found: `${foundText(name)}, which no one schedule covers`, allowed }];
  });
}

/** What tells the namespaces of tiers; undefined when a part of it is missing. */
function withoutHoles({ tiers, workloads, platform = [] }: Draft): Tiered | undefined {
  const there =
    tiers?.every((tier) => tier?.name !== undefined) &&
    workloads?.every((workload) => workload?.tier !== undefined && whole(workload.namespaces)) &&
    platform.every((component) => whole(component?.namespaces));
  return there ? ({ tiers, workloads, platform } as Tiered) : undefined;
}

const coversAll = (schedule: ScheduleDraft): boolean => (schedule.namespaces ?? 'all') === 'all';

const coversUnknown = (schedule: ScheduleDraft): boolean =>
  Array.isArray(schedule.namespaces) && !whole(schedule.namespaces);

/** Namespaces that are backed up although no workload or platform component would ever have them restored. */
function unprotected(draft: Draft): Misfit[] {
  const parts: (Part | undefined)[] = [...(draft.workloads ?? []), ...(draft.platform ?? [])];
  if (!draft.workloads || !parts.every((part) => whole(part?.namespaces))) return [];
  const known = new Set(parts.flatMap((part) => part?.namespaces ?? []));
  return items(draft.stores?.backups?.schedules).flatMap(({ item: schedule, index }) =>
    (Array.isArray(schedule.namespaces) ? items(schedule.namespaces) : [])
      .filter(({ item: namespace }) => !known.has(namespace))
      .map(({ item: namespace, index: position }) => ({
        path: ['stores', 'backups', 'schedules', index, 'namespaces', position],
        found: `${foundText(namespace)}, which no workload or platform component has`,
        allowed: `one of ${[...known].join(', ')}`,
      })),
  );
}
