import type { KubeObject } from '../../host.ts';
import { type Archive, type ArchivedItem, isArchive } from '../backup/archive.ts';
import { goDuration } from '../go-duration.ts';
import { progressOf } from '../item-operations.ts';
import type { ObjectStore } from '../object-store.ts';
import { countsOf } from '../operations-follower.ts';
import { Results } from '../results.ts';
import type { Server } from '../server.ts';
import { archiveKey, type RestoreContext } from './context.ts';
import { restoreItem } from './item-restorer.ts';
import { forgetNotes } from './moved-volumes.ts';
import { ensureNamespace } from './namespaces.ts';
import { inRestoreOrder } from './order.ts';
import { restorePodVolumes } from './pod-volume-restores.ts';
import { uploadResults } from './restore-files.ts';
import { RestoreScope } from './scope.ts';
import type { Validated } from './validate.ts';
import { VolumeBackups } from './volume-backups.ts';

const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Without an archive when the tarball is none. */
type Downloaded = { archive: Archive | undefined; volumeInfo: KubeObject[] };

/**
 * Downloads a backup, restores its objects in order, waits for the volumes, and writes what happened beside the
 * backup. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_controller.go (runValidatedRestore)
 */
export async function runRestore(
  server: Server,
  restore: KubeObject,
  { backup, location, modifiers }: Exclude<Validated, { errors: string[] }>,
): Promise<{ failure: string } | { status: KubeObject }> {
  const store = server.objectStore(location);
  let downloaded: Downloaded;
  try {
    downloaded = await download(store, backup.metadata.name);
  } catch (error) {
    return { failure: (error as Error).message };
  }
  await server.process.takes('velero.restorePause');
  const items = downloaded.archive?.items ?? [];
  const volumes: Promise<string[]>[] = [];
  const context: RestoreContext = {
    server,
    restore,
    backup,
    scope: new RestoreScope(restore.spec, server.store.resources),
    archive: new Map(items.map((item) => [archiveKey(item.resource, item.namespace, item.name), item])),
    modifiers,
    volumeBackups: new VolumeBackups(
      server
        .list('PodVolumeBackup')
        .filter(({ metadata }) => metadata.labels?.['velero.io/backup-name'] === backup.metadata.name),
    ),
    volumeInfo: new Map(downloaded.volumeInfo.map((info) => [info.pvName, info])),
    warnings: new Results(),
    errors: new Results(),
    outcomes: new Map(),
    operations: [],
    toProvision: new Set(),
    stuckNamespaces: new Set(),
    podCreated: (pod, sourceNamespace, wanted) => {
      volumes.push(restorePodVolumes(server, restore, location, pod, sourceNamespace, wanted));
    },
  };
  if (downloaded.archive === undefined) context.errors.velero('gzip: invalid header');
  else await restoreItems(context);
  for (const errors of await Promise.all(volumes)) for (const message of errors) context.errors.velero(message);
  forgetNotes(server, restore);
  return { status: await conclude(context, store) };
}

/**
 * The tarball must be there; of the rest, what is missing is taken for empty, and what cannot be read ends the restore.
 * A tarball that cannot be opened is found out later: https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/restore.go (execute)
 */
async function download(store: ObjectStore, name: string): Promise<Downloaded> {
  const path = `backups/${name}/${name}`;
  let payload: unknown;
  try {
    ({ payload } = await store.get(`${path}.tar.gz`));
  } catch (error) {
    throw new Error(`error downloading backup: ${(error as Error).message}`);
  }
  try {
    await store.zipped(`${path}-volumesnapshots.json.gz`);
  } catch (error) {
    throw new Error(`error fetching volume snapshots metadata: ${(error as Error).message}`);
  }
  const volumeInfo = (await store.zipped(`${path}-volumeinfo.json.gz`)) ?? [];
  return { archive: isArchive(payload) ? payload : undefined, volumeInfo };
}

async function restoreItems(context: RestoreContext): Promise<void> {
  const selected = [...context.archive.values()].filter((item) => context.scope.selects(item));
  const byResource = Map.groupBy(selected, ({ resource }) => resource);
  const progress = new Progress(context);
  for (const item of sorted(byResource.get(CRDS) ?? [])) await restoreItem(context, item);
  byResource.delete(CRDS);
  const rest = inRestoreOrder(byResource.keys(), context.server.options.restoreOrder).flatMap((resource) =>
    sorted(byResource.get(resource) ?? []),
  );
  progress.begin(rest.length);
  for (const item of rest) {
    if (item.resource === 'namespaces') {
      const target = context.restore.spec.namespaceMapping?.[item.name] ?? item.name;
      await ensureNamespace(context, item.name, target);
    } else await restoreItem(context, item);
    progress.step();
  }
  progress.end();
}

const sorted = (items: ArchivedItem[]): ArchivedItem[] =>
  items.sort((a, b) => (a.namespace === b.namespace ? compare(a.name, b.name) : compare(a.namespace, b.namespace)));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `status.progress`, written at most once a second. */
class Progress {
  readonly #context: RestoreContext;
  #total = 0;
  #processed = 0;
  #writtenAt = 0;

  constructor(context: RestoreContext) {
    this.#context = context;
  }

  begin(total: number): void {
    this.#total = total;
  }

  step(): void {
    this.#processed++;
    const { server, outcomes } = this.#context;
    if (server.cluster.now - this.#writtenAt < 1000) return;
    this.#writtenAt = server.cluster.now;
    this.#write(outcomes.size + this.#total - this.#processed);
  }

  end(): void {
    this.#write(this.#context.outcomes.size);
  }

  #write(totalItems: number): void {
    const { server, restore, outcomes } = this.#context;
    server.setStatus(restore, { progress: { totalItems, itemsRestored: outcomes.size } });
  }
}

async function conclude(context: RestoreContext, store: ObjectStore): Promise<KubeObject> {
  const { server, restore, warnings, errors } = context;
  const timeout = goDuration(restore.spec.itemOperationTimeout);
  const moves = { kind: 'DataDownload', timeout, tell: (error: string) => error } as const;
  const { operations, open, completed, failed, errors: ended } = progressOf(server, context.operations, moves);
  for (const error of ended) errors.velero(`error from restore item operation: ${error}`);
  await uploadResults({ ...context, operations }, store);
  const phase = open ? 'WaitingForPluginOperations' : 'Finalizing';
  return {
    ...(warnings.count > 0 && { warnings: warnings.count }),
    ...(errors.count > 0 && { errors: errors.count }),
    ...(operations.length > 0 && { restoreItemOperationsAttempted: operations.length }),
    ...countsOf('Restore', completed, failed),
    phase: errors.count > 0 ? `${phase}PartiallyFailed` : phase,
  };
}
