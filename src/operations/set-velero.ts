import { SnapshotsUnavailable } from '../domain/errors.ts';
import { gitObject, revisionLabels, revisionOf } from '../domain/git-revision.ts';
import type { Clock } from '../domain/given.ts';
import { isUnderWay } from '../domain/run.ts';
import { SNAPSHOT_API, snapshotClasses } from '../domain/snapshot-classes.ts';
import { inventoryNamespaces, jobGround, standbyStorageClass, VELERO_NAMESPACE } from '../domain/velero.ts';
import { backupLocation, standbyLocation, veleroSchedule } from '../domain/velero-locations.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';

type SetVelero = { runs: RunsTable; clock: Clock };

/** Gives a Velero that serves its locations and, where the platform is, its schedules. Answers what to know of that. */
export async function setVelero(given: SetVelero, api: ClusterApi, plan: Plan, site: SiteName): Promise<string[]> {
  return site === 'primary' ? setPrimary(given, api, plan) : setStandby(given, api, plan);
}

/** A primary that does not own the platform stays as the fence left it. */
async function setPrimary({ runs, clock }: SetVelero, api: ClusterApi, plan: Plan): Promise<string[]> {
  if ((await runs.ownership()).owner !== 'primary') return [];
  await api.apply(backupLocation(plan, 'primary') as KubeObject);
  return schedule(api, plan, 'primary', clock.now());
}

async function setStandby({ runs, clock }: SetVelero, api: ClusterApi, plan: Plan): Promise<string[]> {
  const settings = [...jobGround(), backupLocation(plan, 'standby'), standbyLocation(plan), standbyStorageClass()];
  for (const object of settings) await api.apply(object as KubeObject);
  if ((await runs.ownership()).owner !== 'standby') await pause(api);
  // While a run brings tiers back, a backup would hold half of them, and keep the node agents from filling volumes.
  else if (!isUnderWay(await runs.lock(), clock.now())) return schedule(api, plan, 'standby', clock.now());
  return [];
}

async function schedule(api: ClusterApi, plan: Plan, site: SiteName, now: Date): Promise<string[]> {
  const { git, backups } = plan.stores;
  const findings = backups.volumes === 'snapshots' ? await readySnapshots(api, plan, site) : [];
  const revision = git && revisionOf(git, (await api.get(gitObject(git)))?.status);
  const labels = revision === undefined ? undefined : revisionLabels(revision, now);
  for (const one of backups.schedules) await api.apply(veleroSchedule(plan, one, site, labels) as KubeObject);
  if (git === undefined || revision !== undefined) return findings;
  return [
    ...findings,
    `${git.kind} ${git.namespace}/${git.name} tells no Git revision: backups do not say which they belong to`,
  ];
}

/** Velero takes a snapshot by the class of the volume's driver; where there is none, the volume's backup fails. */
async function readySnapshots(api: ClusterApi, plan: Plan, site: SiteName): Promise<string[]> {
  const kind = 'VolumeSnapshotClass';
  if (!(await api.kinds()).some((known) => known.apiVersion === SNAPSHOT_API && known.kind === kind))
    throw new SnapshotsUnavailable(
      `cluster ${plan.sites[site].cluster} has no snapshot controller (${SNAPSHOT_API}), and the plan says stores.backups.volumes: snapshots`,
    );
  const [volumes, classes] = await Promise.all([api.list('v1', 'PersistentVolume'), api.list(SNAPSHOT_API, kind)]);
  const { wanted, findings } = snapshotClasses(volumes, classes, inventoryNamespaces(plan));
  for (const one of wanted) await api.apply(one as KubeObject);
  return findings;
}

/** Schedules of a time when the platform was here. */
async function pause(api: ClusterApi): Promise<void> {
  for (const { metadata, spec } of await api.list('velero.io/v1', 'Schedule', { namespace: VELERO_NAMESPACE })) {
    const ref = {
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      namespace: VELERO_NAMESPACE,
      name: metadata?.name ?? '',
    };
    if (spec?.paused !== true) await api.merge(ref, { spec: { paused: true } });
  }
}
