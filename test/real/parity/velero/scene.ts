import { TRANSLATED_KINDS } from '../../../../src/domain/restore.ts';
import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import type { StoredObject } from '../../s3/write.ts';
import { hasEnded, VeleroCluster } from './cluster.ts';
import type { LeftOut } from './left-out.ts';
import type { Place, Site } from './place.ts';
import { location, NAMESPACES, PLAN, storageClass, velero, WEST_BUCKET } from './platform.ts';
import { compared, type Seen, tally } from './seen.ts';
import type { Story } from './story.ts';

const VELEROS_OWN = [
  ...['Restore', 'Backup', 'PodVolumeRestore', 'PodVolumeBackup', 'DataDownload', 'DataUpload'],
  'BackupRepository',
];

/** A story, and a cluster in the east that can know of it what came into a bucket of its own. */
export class Scene {
  readonly story: Story;
  readonly east: VeleroCluster;
  readonly #settledMs: number;
  readonly #buckets: string;
  #acts = 0;
  #restores = 0;

  private constructor(story: Story, { settledMs }: Place, east: Site) {
    this.story = story;
    this.east = new VeleroCluster(east);
    this.#settledMs = settledMs;
    this.#buckets = `${PLAN.stores.backups.replica}-${east.name}`;
  }

  /** With Velero set up in the east, by Lifeboat's own job and location. */
  static async set(story: Story, place: Place, east: Site): Promise<Scene> {
    const scene = new Scene(story, place, east);
    await scene.#newBucket();
    await scene.east.make([storageClass()]);
    await scene.east.setUp(location('standby', scene.bucket), place.method);
    return scene;
  }

  get s3(): Place['s3'] {
    return this.story.s3;
  }

  get bucket(): string {
    return `${this.#buckets}-${this.#acts}`;
  }

  /** Nothing of what was before. */
  async clear(): Promise<void> {
    const { east } = this;
    await this.#newBucket();
    await east.change('BackupStorageLocation', 'default', { spec: location('standby', this.bucket).spec });
    const begun = [...(await east.list('PodVolumeRestore')), ...(await east.list('DataDownload'))];
    const unfinished = begun.some((each) => !hasEnded(each));
    for (const kind of VELEROS_OWN) await east.drop(kind);
    // An agent goes on with what it has begun, and takes nothing else meanwhile.
    if (unfinished) await east.killAgents();
    await east.dropNamespaces(NAMESPACES);
  }

  async #newBucket(): Promise<void> {
    this.#acts++;
    await this.s3.makeBucket(this.bucket, PLAN.sites.standby.region);
  }

  /** Both backups come, but for what is left out. */
  async copy(leftOut: LeftOut = () => []): Promise<void> {
    const without = new Set(leftOut(this.story.written));
    await this.arrive(this.story.written.filter((object) => !without.has(object)));
  }

  /** Every version that the west wrote of an object, the first one first. */
  versions(key: string): Promise<StoredObject[]> {
    return this.s3.versions(WEST_BUCKET, key);
  }

  async arrive(objects: StoredObject[]): Promise<void> {
    await Promise.all(objects.map((object) => this.s3.replicate(WEST_BUCKET, this.bucket, object)));
  }

  /** Of what came, something is not what was sent. */
  async garble(object: StoredObject): Promise<void> {
    const body = await this.s3.get(this.bucket, object.key);
    await this.s3.put(this.bucket, object.key, Buffer.alloc(body.length, 'garbage'));
  }

  /** Begins a restore. What a tier of a failover asks for, unless something else. */
  async begin(backupName: string, more: object = {}): Promise<string> {
    const name = `restore-${++this.#restores}`;
    const spec = { backupName, includedNamespaces: NAMESPACES, excludedResources: TRANSLATED_KINDS, ...more };
    await this.east.make([velero('Restore', name, spec)]);
    return name;
  }

  /** Runs a restore to its end, and looks once all pods run that will. */
  async restore(backup = 'later', more: object = {}): Promise<Seen> {
    const name = await this.begin(backup, more);
    const { status } = await this.east.ended('Restore', name);
    await this.east.settled(this.#settledMs);
    const downloads = await this.#partsOf('DataDownload', 'restore-name', name);
    return {
      ...(await this.known(backup)),
      restore: status.phase,
      errors: status.errors ?? 0,
      warnings: status.warnings ?? 0,
      volumeRestores: tally((await this.#partsOf('PodVolumeRestore', 'restore-name', name)).map(phaseOf)),
      ...(this.story.method === 'snapshots' && { downloads: tally(downloads.map(phaseOf)) }),
      ...(await this.platform(backup)),
    };
  }

  /** What the east knows of a backup. */
  async known(backup = 'later'): Promise<Seen> {
    const found = await this.east.find('Backup', backup);
    const volumes = await this.#partsOf('PodVolumeBackup', 'backup-name', backup);
    return { syncedAs: found === undefined ? 'not' : phaseOf(found), volumeBackups: volumes.length };
  }

  /** How the pods are, and the volumes beside what they held in the west when the backup was made. */
  async platform(backup = 'later'): Promise<Seen> {
    const claims = await this.east.claims();
    const then = [...(this.story.held.get(backup) ?? [])];
    const volumes = then.map(async ([claim, held]) => {
      const pv = claims.get(claim);
      return pv === undefined ? 'absent' : compared(await this.east.volumes.read(pv), held);
    });
    return { pods: tally((await this.east.pods()).map(phaseOf)), volumes: tally(await Promise.all(volumes)) };
  }

  async #partsOf(kind: string, label: string, name: string): Promise<KubeObject[]> {
    return (await this.east.list(kind)).filter(({ metadata }) => metadata?.labels?.[`velero.io/${label}`] === name);
  }
}

const phaseOf = ({ status }: KubeObject): string => status?.phase ?? 'New';
