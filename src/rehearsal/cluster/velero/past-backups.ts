import type { Random } from '../../kernel/random.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { Content as VolumeContent } from '../volumes.ts';
import { WRITE_INTERVAL_MS } from '../volumes.ts';
import type { ArchivedItem } from './backup/archive.ts';
import { collect } from './backup/collect.ts';
import { type BackupFiles, contents, logs, METADATA, metadata, otherFiles } from './backup/files.ts';
import { podVolumeBackup } from './backup/pod-volume-backup.ts';
import { completeFilters, resourceFilter } from './backup/resource-filter.ts';
import { movedInfo, updatedByUpload, volumeInfoOf } from './backup/volume-info.ts';
import { claimOf, podVolumes, SkippedVolumes, unusable } from './backup/volumes.ts';
import { PastRepository } from './kopia/past-repository.ts';
import type { Manifest } from './kopia/snapshot.ts';
import { Log } from './log.ts';
import type { Content } from './object-store.ts';
import { finished, stamp, uidOf } from './past-backup-object.ts';
import { movableClaims, type PastMoves, pastMoves } from './past-moves.ts';
import { backupFromSchedule, scheduledName } from './scheduled-backup.ts';

/** Writes one object of the past: the key is below the location's prefix. */
type PutPast = (key: string, content: Content, lastModified: number) => void;

type PastBackup = { backup: KubeObject; podVolumeBackups: KubeObject[] };

export type Past = {
  backups: PastBackup[];
  /** The newest snapshot of each volume, by namespace and volume: where kopia goes on. */
  latest: Map<string, ReadonlyMap<string, Manifest>>;
};

export type PastGiven = {
  /** The cluster that was backed up, as it is at the end of that past. */
  cluster: ControlPlane;
  random: Random;
  put: PutPast;
  /** The location's name in that cluster. */
  location: string;
  /** Velero's Schedule objects, and the moments at which they ran, oldest first. */
  runs: { schedule: KubeObject; moments: number[] }[];
  /** kopia's; default: Velero's own default. */
  password?: string;
  /** How many backups of each schedule have blobs of their own in kopia; what is older was merged. Default: 12. */
  recent?: number;
};

const DEFAULT_PASSWORD = 'static-passw0rd';
const DEFAULT_RECENT = 12;
const SECONDS_PER_VOLUME = 5;
/** From the snapshot to the end of its upload, one after another. Our assumption. */
const SECONDS_PER_MOVE = 30;

/**
 * The backups of a settled past, written to a bucket at once: of the cluster's objects as they are now, and of its
 * volumes as they were, had applications written to them all the time. Answers what the clusters know of them.
 */
export function buildPastBackups(given: PastGiven): Past {
  const builder = new PastBuilder(given);
  const runs = given.runs.flatMap(({ schedule, moments }) => {
    const recent = moments.length - (given.recent ?? DEFAULT_RECENT);
    return moments.map((moment, index) => ({ schedule, moment, recent: index >= recent }));
  });
  runs.sort((a, b) => a.moment - b.moment);
  const backups = runs.map((run) => builder.backUp(run.schedule, run.moment, run.recent));
  return { backups, latest: builder.finish() };
}

type PodVolume = { pod: KubeObject; volume: string; pv: string | undefined; source: string };
type Taken = { spec: KubeObject; items: ArchivedItem[]; volumes: PodVolume[]; skipped: SkippedVolumes; log: Log };

class PastBuilder {
  readonly #given: PastGiven;
  readonly #repositories = new Map<string, PastRepository>();
  /** What schedules take: the same for all their backups. */
  readonly #taken = new Map<string, Taken>();
  #end = 0;

  constructor(given: PastGiven) {
    this.#given = given;
  }

  backUp(schedule: KubeObject, moment: number, recent: boolean): PastBackup {
    const { cluster, random, put, location } = this.#given;
    const taken = this.#take(schedule);
    const draft = backupFromSchedule(schedule, scheduledName(schedule.metadata.name, moment));
    const uid = uidOf(random);
    const { name } = draft.metadata;
    const podVolumeBackups = taken.volumes.map((volume, index) =>
      this.#backUpVolume(volume, { name, uid }, moment + (1 + index * SECONDS_PER_VOLUME) * 1000, recent),
    );
    const filesEnded = moment + (1 + taken.volumes.length * SECONDS_PER_VOLUME) * 1000;
    const moves = this.#move({ ...draft, metadata: { ...draft.metadata, uid } }, taken, filesEnded, recent);
    const ended = filesEnded + moves.operations.length * SECONDS_PER_MOVE * 1000;
    this.#end = Math.max(this.#end, ended);
    const backup = finished(draft, { ...taken, moved: moves.operations.length, cluster, uid, location, moment, ended });
    const files: BackupFiles = {
      archive: { items: moves.items },
      podVolumeBackups,
      volumeInfo: () => [
        ...volumeInfoOf(cluster.store, taken, podVolumeBackups, (volume) => this.#isMoved(moves, volume)),
        ...infoOf(taken.items, moves),
      ],
      itemOperations: moves.operations,
      results: { errors: {}, warnings: taken.log.warnings.result },
      log: () => taken.log.text(),
    };
    const directory = `backups/${name}/`;
    put(`${directory}${name}-logs.gz`, logs(files), ended);
    put(`${directory}${name}.tar.gz`, contents(files), ended);
    for (const [end, content] of Object.entries(otherFiles(files))) put(`${directory}${name}-${end}`, content, ended);
    put(directory + METADATA, metadata(backup), ended);
    return { backup, podVolumeBackups };
  }

  /** Volumes whose snapshots were moved; none where the schedule says nothing of it. */
  #move(draft: KubeObject, { spec, items }: Taken, from: number, recent: boolean): PastMoves {
    const { cluster, random, location } = this.#given;
    const claims = movableClaims(cluster.store, spec, items);
    if (claims.length === 0) return { items, operations: [], uploads: [] };
    const snapshot = (namespace: string, source: string, pv: string, at: number) => {
      const content = this.#contentAt(pv, source, at);
      const { id, incrementalBytes } = this.#repository(namespace, at).snapshot(source, content, at, recent);
      return { id, bytes: content.bytes, incrementalBytes };
    };
    const backup = {
      ...draft,
      spec: { csiSnapshotTimeout: '10m0s', ...spec, storageLocation: location },
    };
    const each = SECONDS_PER_MOVE * 1000;
    return pastMoves({ store: cluster.store, random, backup, items, from, each, snapshot }, claims);
  }

  #isMoved({ uploads }: PastMoves, { spec }: KubeObject): boolean {
    return uploads.some(
      (upload) =>
        upload.spec.sourceNamespace === spec.claimRef?.namespace && upload.spec.sourcePVC === spec.claimRef?.name,
    );
  }

  finish(): Past['latest'] {
    const latest: Past['latest'] = new Map();
    for (const [namespace, repository] of this.#repositories) {
      repository.finish(this.#end);
      latest.set(namespace, repository.latest);
    }
    return latest;
  }

  #take(schedule: KubeObject): Taken {
    const known = this.#taken.get(schedule.metadata.name);
    if (known !== undefined) return known;
    const { store } = this.#given.cluster;
    const { template } = schedule.spec;
    const spec = completeFilters({ ...template, defaultVolumesToFsBackup: template.defaultVolumesToFsBackup ?? false });
    const log = new Log(`backup=velero/${schedule.metadata.name}`, () => this.#given.cluster.now);
    const items = collect(store, spec, resourceFilter(spec, store.resources), log);
    const skipped = new SkippedVolumes();
    for (const { object } of movableClaims(store, spec, items)) skipped.backedUp(object.spec.volumeName);
    const volumes = this.#volumesOf(items, spec.defaultVolumesToFsBackup, skipped, log);
    const taken = { spec, items, volumes, skipped, log };
    this.#taken.set(schedule.metadata.name, taken);
    return taken;
  }

  #volumesOf(items: ArchivedItem[], byDefault: boolean, skipped: SkippedVolumes, log: Log): PodVolume[] {
    const found = new Map<string, PodVolume>();
    for (const { resource, object: pod, namespace, name } of items) {
      if (resource !== 'pods' || pod.status?.phase !== 'Running') continue;
      const { chosen, optedOut } = podVolumes(pod, byDefault);
      for (const volume of optedOut)
        skipped.skip(this.#pvOf(pod, volume), 'podvolume', `opted out due to annotation in pod ${name}`);
      for (const volume of chosen) {
        const pv = this.#pvOf(pod, volume);
        const source = `${namespace}/${claimOf(pod, volume) ?? `${name}/${volume}`}`;
        const reason = unusable(pod, volume);
        if (reason === undefined) {
          skipped.backedUp(pv);
          if (!found.has(source)) found.set(source, { pod, volume, pv, source });
        } else {
          log.warn(reason, { resource: 'pods', namespace, name });
          skipped.skipFiles(pv, reason);
        }
      }
    }
    return [...found.values()];
  }

  #backUpVolume(
    { pod, volume, pv, source }: PodVolume,
    backup: { name: string; uid: string },
    at: number,
    recent: boolean,
  ): KubeObject {
    const { random, location, cluster } = this.#given;
    const content = this.#contentAt(pv, volume, at);
    const { namespace } = pod.metadata;
    const snapshot =
      content.bytes === 0 ? undefined : this.#repository(namespace, at).snapshot(source, content, at, recent);
    const order = podVolumeBackup(cluster.store, { namespace: 'velero', backup, location, pod, volume });
    const uid = uidOf(random);
    const started = stamp(at);
    return {
      ...order,
      metadata: { ...order.metadata, name: `${backup.name}-${random.hex(5)}`, uid, creationTimestamp: started },
      status: {
        phase: 'Completed',
        acceptedTimestamp: started,
        startTimestamp: started,
        completionTimestamp: stamp(at + 2000),
        path: `/${uid}`,
        progress: content.bytes === 0 ? {} : { totalBytes: content.bytes, bytesDone: content.bytes },
        ...(snapshot && { snapshotID: snapshot.id }),
        ...(snapshot && snapshot.incrementalBytes > 0 && { incrementalBytes: snapshot.incrementalBytes }),
      },
    };
  }

  /** What the volume holds now, less what was written since. */
  #contentAt(pv: string | undefined, volume: string, at: number): VolumeContent {
    const { cluster } = this.#given;
    if (pv === undefined || !cluster.volumes.has(pv))
      return { lastWrite: null, bytes: 0, origin: `${cluster.host.name}/${volume}` };
    const now = cluster.volumes.contentAt(pv);
    if (now.lastWrite === null || now.lastWrite <= at) return now;
    const missed = Math.ceil((now.lastWrite - at) / WRITE_INTERVAL_MS);
    return { ...now, lastWrite: now.lastWrite - missed * WRITE_INTERVAL_MS };
  }

  #repository(namespace: string, at: number): PastRepository {
    const known = this.#repositories.get(namespace);
    if (known !== undefined) return known;
    const { put, random, password = DEFAULT_PASSWORD } = this.#given;
    const write = (name: string, content: Content, time: number): void =>
      put(`kopia/${namespace}/${name}`, content, time);
    const made = new PastRepository(write, password, random, at);
    this.#repositories.set(namespace, made);
    return made;
  }

  #pvOf(pod: KubeObject, volume: string): string | undefined {
    const name = claimOf(pod, volume);
    if (name === undefined) return undefined;
    const { namespace } = pod.metadata;
    return this.#given.cluster.store.get({ resource: 'persistentvolumeclaims', namespace, name })?.spec.volumeName;
  }
}

function infoOf(items: ArchivedItem[], { operations, uploads }: PastMoves): KubeObject[] {
  const known = operations.flatMap(({ spec }, index) => movedInfo(items, spec, uploads[index]));
  return updatedByUpload(known, uploads);
}
