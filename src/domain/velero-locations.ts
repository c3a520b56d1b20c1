import { cronOf, type SiteName, scheduledNamespaces } from '../plan/places.ts';
import type { BackupSchedule, Plan } from '../plan/schema.ts';
import { VELERO_PREFIX } from './seal.ts';
import { type Manifest, VELERO_NAMESPACE } from './velero.ts';

type Endpoint = NonNullable<Plan['stores']['backups']['endpoint']>;

/** The location that holds the primary's backups: the primary writes its bucket, the standby reads the replica and no more. */
export function backupLocation(plan: Plan, site: SiteName): Manifest {
  const { bucket, replica, endpoint } = plan.stores.backups;
  const primary = site === 'primary';
  return location('default', {
    default: true,
    accessMode: primary ? 'ReadWrite' : 'ReadOnly',
    objectStorage: { bucket: primary ? bucket : replica, prefix: VELERO_PREFIX.slice(0, -1) },
    ...(primary && endpoint ? atEndpoint(endpoint, plan) : { config: { region: plan.sites[site].region } }),
    backupSyncPeriod: '30s',
  });
}

/**
 * Every value of a location's config is text. Checksums stay as they are: without them 1.14.2 of the plugin wrote archives
 * that could not be read. https://github.com/velero-io/velero/issues/9951
 */
const atEndpoint = ({ url, region, pathStyle, secret }: Endpoint, plan: Plan) => ({
  config: { region: region ?? plan.sites.primary.region, s3Url: url, s3ForcePathStyle: String(pathStyle) },
  credential: secret,
});

/** Beside the primary's part of the replica, in which the standby never writes. */
const STANDBY_PREFIX = 'velero-standby';
const STANDBY_LOCATION = 'standby';

/**
 * Where the standby's own backups go once the platform is its own. Made ahead, since no failover writes IAM or makes
 * buckets, and left in peace until then: nobody else writes there, so there is little to sync. Nobody seals what lies
 * there: the function that does is beside the primary. Replication carries it to the primary's bucket, for the way home.
 */
export const standbyLocation = (plan: Plan): Manifest =>
  location(STANDBY_LOCATION, {
    accessMode: 'ReadWrite',
    objectStorage: { bucket: plan.stores.backups.replica, prefix: STANDBY_PREFIX },
    config: { region: plan.sites.standby.region },
    backupSyncPeriod: '1h0m0s',
    validationFrequency: '5m0s',
  });

const location = (name: string, spec: Record<string, unknown>): Manifest => ({
  apiVersion: 'velero.io/v1',
  kind: 'BackupStorageLocation',
  metadata: { name, namespace: VELERO_NAMESPACE },
  spec: { provider: 'aws', ...spec },
});

const CONFIGURATION_KINDS = ['configmaps', 'secrets', 'services'];

/**
 * One of the plan's schedules, for the Velero of the site that owns the platform. The standby's carry names of their own:
 * a cluster knows backups by their names alone, and the primary may have made one in the same second.
 * @param labels of its backups
 */
export function veleroSchedule(
  plan: Plan,
  schedule: BackupSchedule,
  site: SiteName = 'primary',
  labels?: Record<string, string>,
): Manifest {
  const everything = schedule.contents === 'everything';
  const name = site === 'primary' ? schedule.name : `${STANDBY_LOCATION}-${schedule.name}`;
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name, namespace: VELERO_NAMESPACE },
    spec: {
      schedule: cronOf(schedule),
      paused: false,
      template: {
        ...(labels && { metadata: { labels } }),
        ...(site === 'standby' && { storageLocation: STANDBY_LOCATION }),
        includedNamespaces: scheduledNamespaces(plan, schedule),
        excludedResources: ['events', 'events.events.k8s.io'],
        ...(everything ? { includeClusterResources: true } : { includedResources: CONFIGURATION_KINDS }),
        ...volumesBy(everything ? plan.stores.backups.volumes : undefined),
        ttl: timeToLive(schedule.keep),
        ...(everything && hooks(plan, schedule)),
      },
    },
  };
}

/** A volume that a pod's annotation opts in goes by its file system either way. https://velero.io/docs/v1.18/csi-snapshot-data-movement/ */
const volumesBy = (method: Plan['stores']['backups']['volumes'] | undefined) =>
  method === 'snapshots'
    ? { snapshotMoveData: true, defaultVolumesToFsBackup: false }
    : { snapshotVolumes: false, defaultVolumesToFsBackup: method === 'files' };

/** As Go prints a duration; of zero, Velero would make its default of 30 days. */
function timeToLive(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}

function hooks(plan: Plan, schedule: BackupSchedule) {
  const covered = scheduledNamespaces(plan, schedule);
  const resources = plan.workloads
    .filter((workload) => workload.namespaces.some((namespace) => covered.includes(namespace)))
    .flatMap((workload) =>
      workload.hooks.map((hook, index) => ({
        name: `${workload.name}-${index}`,
        includedNamespaces: workload.namespaces,
        labelSelector: { matchLabels: hook.selector },
        pre: [
          {
            exec: {
              container: hook.container,
              command: hook.command,
              onError: hook.onError,
              timeout: `${hook.timeout}s`,
            },
          },
        ],
      })),
    );
  return resources.length === 0 ? {} : { hooks: { resources } };
}
