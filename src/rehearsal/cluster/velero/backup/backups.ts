import type { KubeObject } from '../../host.ts';
import { goDuration, printGoDuration } from '../go-duration.ts';
import { invalidLists } from '../includes.ts';
import { isAvailable } from '../locations.ts';
import { isWaiting, OperationsFollower } from '../operations-follower.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import { finalizeBackup } from './finalize-backup.ts';
import { backupOperations } from './operations.ts';
import { completeFilters, mixedFilters } from './resource-filter.ts';
import { runBackup } from './run-backup.ts';

/** Fields of a Backup that would change what it does. */
const NOT_SIMULATED = ['resourcePolicy', 'orderedResources'];
const MINUTE = 60_000;

/**
 * Queues new backups, and runs as many at a time as the server was told (one), never two with a namespace in common.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_queue_controller.go
 */
export class Backups {
  readonly #server: Server;
  readonly #running = new Map<string, KubeObject>();
  readonly #operations: OperationsFollower;

  constructor(server: Server) {
    this.#server = server;
    this.#operations = new OperationsFollower(server, backupOperations(server));
  }

  start(): void {
    this.#server.watch('Backup', (backup, old) => {
      const phase = backup.status?.phase ?? '';
      if (phase === '' || phase === 'New') this.#queue(backup);
      else if (isWaiting(backup)) this.#operations.follow(backup);
      // One that a server before this one had finished but for its last write.
      else if (old === undefined && /^Finalizing/.test(phase) && !this.#running.has(backup.metadata.uid))
        this.#server.process.spawn(() => finalizeBackup(this.#server, backup));
    });
    this.#advance();
  }

  #queue(backup: KubeObject): void {
    const position = Math.max(0, ...this.#queued().map(({ status }) => status.queuePosition ?? 0)) + 1;
    this.#server.setStatus(backup, { phase: 'Queued', queuePosition: position });
    this.#advance();
  }

  #queued(): KubeObject[] {
    return this.#server
      .list('Backup')
      .filter(({ status }) => status?.phase === 'Queued')
      .sort((a, b) => (a.status.queuePosition ?? 0) - (b.status.queuePosition ?? 0));
  }

  #advance(): void {
    const ahead: KubeObject[] = [...this.#running.values()];
    for (const backup of this.#queued()) {
      if (this.#running.size >= this.#server.options.concurrentBackups) return;
      const conflict = ahead.some((other) => this.#overlap(backup, other));
      ahead.push(backup);
      if (!conflict) this.#begin(backup);
    }
  }

  #overlap(a: KubeObject, b: KubeObject): boolean {
    const of = ({ spec }: KubeObject) => new Set<string>(spec.includedNamespaces ?? ['*']);
    const [ours, theirs] = [of(a), of(b)];
    return ours.has('*') || theirs.has('*') || [...ours].some((namespace) => theirs.has(namespace));
  }

  #begin(backup: KubeObject): void {
    const { uid } = backup.metadata;
    const ready = this.#server.update(backup, (current) => {
      const { queuePosition: _position, ...status } = current.status;
      return { ...current, status: { ...status, phase: 'ReadyToStart' } };
    });
    if (ready === undefined) return;
    this.#running.set(uid, ready);
    this.#queued().forEach((queued, index) => void this.#server.setStatus(queued, { queuePosition: index + 1 }));
    this.#server.process.spawn(async () => {
      const started = this.#prepare(ready);
      if (started?.status.phase === 'InProgress') await runBackup(this.#server, started);
      this.#running.delete(uid);
      this.#advance();
    });
  }

  /** Fills defaults in, validates, and takes the moment that the backup will stand for. */
  #prepare(backup: KubeObject): KubeObject | undefined {
    const server = this.#server;
    for (const field of NOT_SIMULATED)
      if (backup.spec[field] !== undefined)
        refuse(server.cluster.host, `${field} of the backup ${backup.metadata.name}`);
    const spec = this.#completeSpec(backup.spec);
    const validationErrors = this.#validate(spec);
    const { gitVersion, major, minor } = versionOf(server.cluster.host.version);
    const valid = validationErrors.length === 0;
    return server.update(backup, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        labels: { ...current.metadata.labels, 'velero.io/storage-location': spec.storageLocation },
        annotations: {
          ...current.metadata.annotations,
          'velero.io/resource-timeout': '10m0s',
          'velero.io/source-cluster-k8s-gitversion': gitVersion,
          'velero.io/source-cluster-k8s-major-version': major,
          'velero.io/source-cluster-k8s-minor-version': minor,
        },
      },
      spec,
      status: {
        version: 1,
        formatVersion: '1.1.0',
        expiration: server.store.timestamp(goDuration(spec.ttl)),
        phase: valid ? 'InProgress' : 'FailedValidation',
        ...(valid ? { startTimestamp: server.store.timestamp() } : { validationErrors }),
      },
    }));
  }

  #completeSpec(given: KubeObject): KubeObject {
    const { options } = this.#server;
    const duration = (value: string | undefined, otherwise: number): string =>
      printGoDuration(value === undefined || goDuration(value) === 0 ? otherwise : goDuration(value));
    const byDefault = this.#server.list('BackupStorageLocation').find(({ spec }) => spec.default)?.metadata.name;
    return completeFilters({
      ...given,
      metadata: given.metadata ?? {},
      hooks: given.hooks ?? {},
      ttl: duration(given.ttl, options.defaultTtl),
      volumeGroupSnapshotLabelKey: given.volumeGroupSnapshotLabelKey ?? 'velero.io/volume-group',
      storageLocation: given.storageLocation || byDefault || options.defaultLocation,
      defaultVolumesToFsBackup: given.defaultVolumesToFsBackup ?? options.defaultVolumesToFsBackup,
      csiSnapshotTimeout: duration(given.csiSnapshotTimeout, 10 * MINUTE),
      itemOperationTimeout: duration(given.itemOperationTimeout, options.operationTimeout),
      snapshotMoveData: given.snapshotMoveData ?? options.defaultSnapshotMoveData,
    });
  }

  #validate(spec: KubeObject): string[] {
    const errors: string[] = [];
    const name = spec.storageLocation;
    const location = this.#server.find('BackupStorageLocation', name);
    if (location === undefined)
      errors.push(
        `an existing backup storage location was not specified at backup creation time and the default ${name} was not found. Please address this issue (see \`velero backup-location -h\` for options) and create a new backup. Error: BackupStorageLocation.velero.io "${name}" not found`,
      );
    else if (location.spec.accessMode === 'ReadOnly')
      errors.push(`backup can't be created because backup storage location ${name} is currently in read-only mode`);
    if (location !== undefined && !isAvailable(location))
      errors.push(`backup can't be created because BackupStorageLocation ${name} is in Unavailable status.`);
    if (mixedFilters(spec))
      errors.push(
        'include-resources, exclude-resources and include-cluster-resources are old filter parameters.\ninclude-cluster-scoped-resources, exclude-cluster-scoped-resources, include-namespace-scoped-resources and exclude-namespace-scoped-resources are new filter parameters.\nThey cannot be used together',
      );
    for (const problem of invalidLists(spec.includedResources, spec.excludedResources))
      errors.push(`Invalid included/excluded resource lists: ${problem}`);
    for (const problem of invalidLists(spec.includedNamespaces, spec.excludedNamespaces))
      errors.push(`Invalid included/excluded namespace lists: ${problem}`);
    if (spec.orLabelSelectors !== undefined && spec.labelSelector !== undefined)
      errors.push('encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified');
    return errors;
  }
}

function versionOf(version: string): { gitVersion: string; major: string; minor: string } {
  const [, major = '1', minor = ''] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return { gitVersion: version, major, minor };
}
