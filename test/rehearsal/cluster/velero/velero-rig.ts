import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { S3 } from '../../../../src/rehearsal/cloud/s3.ts';
import { World } from '../../../../src/rehearsal/cloud/world.ts';
import { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { ClusterHost, KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { veleroManifests } from '../../../../src/rehearsal/cluster/velero/manifests.ts';
import { installVelero } from '../../../../src/rehearsal/cluster/velero/velero.ts';
import { Kernel } from '../../../../src/rehearsal/kernel/kernel.ts';
import { Latencies } from '../../../../src/rehearsal/kernel/latencies.ts';
import { platform, storageClass } from './rig-platform.ts';

const table = parse(readFileSync('src/rehearsal/latencies.yaml', 'utf8'));
export const START = Date.parse('2026-03-01T04:30:00Z');
export const SOURCE = 'backups-west';
export const REPLICA = 'backups-east';

type Denial = { action: string; resource: RegExp };

/** Two clusters with Velero: one backs up to a bucket, the other restores from its copy. */
export class VeleroRig {
  readonly kernel: Kernel;
  readonly world: World;
  readonly s3: S3;
  readonly west: Cluster;
  readonly east: Cluster;
  readonly denied: Denial[] = [];
  readonly transcript: KubeObject[] = [];
  /** Service accounts without a role, as `cluster/namespace/name`. */
  readonly withoutRole = new Set<string>();

  /** @param autoEast whether the east is a cluster of EKS Auto Mode, without a node of its own */
  constructor(seedText = 'test', { autoEast = false } = {}) {
    this.kernel = new Kernel(seedText, START);
    this.world = new World(this.kernel, new Latencies(table, this.kernel.random.fork('latencies')));
    this.s3 = new S3(this.world);
    this.world.register(this.s3);
    this.world.judgeBy((_caller, { action, resource }) =>
      this.denied.some((denial) => denial.action === action && denial.resource.test(resource))
        ? 'it is denied'
        : undefined,
    );
    this.world.listen((entry) => this.transcript.push(entry));
    this.s3.makeBucket({ name: SOURCE, region: 'us-west-2', versioned: true });
    this.s3.makeBucket({ name: REPLICA, region: 'us-east-1', versioned: true });
    this.west = this.#cluster('west', 'us-west-2');
    this.east = this.#cluster('east', 'us-east-1', autoEast);
  }

  #cluster(name: string, region: string, autoMode = false): Cluster {
    const { world, kernel } = this;
    const host: ClusterHost = {
      name,
      region,
      kernel,
      latencies: world.latencies,
      version: 'v1.35.4',
      autoMode,
      schedule: (delayMs, act) => world.schedule(region, delayMs, act),
      up: () => world.network.up(region),
      imageProblem: () => undefined,
      capacityProblem: () => undefined,
      zones: [`${region}a`, `${region}b`],
      podIdentity: (namespace, account) =>
        namespace === 'velero' && account === 'velero' && !this.withoutRole.has(`${name}/${namespace}/${account}`)
          ? `arn:aws:iam::111122223333:role/velero-${name}`
          : undefined,
      call: (arn, service, operation, input) =>
        world.call({ caller: { kind: 'role', arn, session: name }, from: region, region, service, operation, input }),
      setTargets: () => {},
      loadBalancer: (_kind, namespace, service) => `${service}.${namespace}.elb.amazonaws.com`,
      record: (what, detail) => world.record(what, { cluster: name, ...detail }),
    };
    const cluster = new Cluster(host);
    installVelero(cluster);
    if (!autoMode)
      cluster.addNodes({ zone: `${region}a`, name: `${name}-0` }, { zone: `${region}b`, name: `${name}-1` });
    return cluster;
  }

  /** The west with its platform backed up once, the copy not made yet. */
  static async backedUp(spec: KubeObject = {}, prepare: (rig: VeleroRig) => void = () => {}): Promise<VeleroRig> {
    const rig = new VeleroRig();
    seed(rig.west, platform(), { bytesOf: () => 80_000 });
    rig.installBoth();
    prepare(rig);
    rig.start();
    await rig.pass(70);
    await rig.backUp('b1', spec);
    return rig;
  }

  /** The same, with the copy made and known in the east. */
  static async ready(spec: KubeObject = {}, prepare: (rig: VeleroRig) => void = () => {}): Promise<VeleroRig> {
    const rig = await VeleroRig.backedUp(spec, prepare);
    rig.copy();
    await rig.synced('b1');
    return rig;
  }

  /** Velero in both clusters: read-write in the west, read-only on the copy in the east. */
  installBoth(...more: string[]): void {
    seed(this.west, [
      ...veleroManifests(installFlags(...more)),
      location('default', SOURCE, 'us-west-2', { default: true }),
    ]);
    seed(this.east, [
      ...veleroManifests(installFlags(...more)),
      storageClass('gp3'),
      location('replica', REPLICA, 'us-east-1', { accessMode: 'ReadOnly' }),
    ]);
  }

  start(): void {
    this.west.start();
    this.east.start();
  }

  async pass(seconds: number): Promise<void> {
    await this.kernel.run(this.kernel.now + seconds * 1000);
  }

  async until(what: () => boolean, seconds = 7200): Promise<void> {
    await this.kernel.run(this.kernel.now + seconds * 1000, what);
    if (!what()) throw new Error('it did not happen in time');
  }

  /** Runs a backup in the west to its end. */
  async backUp(name: string, spec: KubeObject = {}): Promise<KubeObject> {
    this.west.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { namespace: 'velero', name },
      spec: { includedNamespaces: ['shop', 'queue'], defaultVolumesToFsBackup: true, ttl: '24h0m0s', ...spec },
    });
    const find = () => velero(this.west, 'backups', name);
    await this.until(() => ENDED.includes(find()?.status?.phase));
    return find();
  }

  /** Copies what lies in the bucket, but for keys that are left out. */
  copy(leaveOut: (key: string) => boolean = () => false): void {
    for (const { key, bytes, size, payload } of this.s3.list(SOURCE))
      if (!leaveOut(key)) this.s3.put(REPLICA, key, bytes, { size, payload });
  }

  /** Waits until the east knows the backup. */
  async synced(name: string): Promise<KubeObject> {
    await this.until(() => velero(this.east, 'backups', name) !== undefined, 300);
    await this.pass(5);
    return velero(this.east, 'backups', name);
  }

  /** Runs a restore in the east to its end. */
  async restore(backupName: string, spec: KubeObject = {}, name = `restore-${backupName}`): Promise<KubeObject> {
    this.east.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: { namespace: 'velero', name },
      spec: { backupName, ...spec },
    });
    const find = () => velero(this.east, 'restores', name);
    await this.until(() => ENDED.includes(find()?.status?.phase), 20_000);
    return find();
  }

  keys(prefix: string, bucket = SOURCE): string[] {
    return this.s3.list(bucket, prefix).map(({ key }) => key);
  }
}

const ENDED = ['FailedValidation', 'Completed', 'PartiallyFailed', 'Failed'];

export const velero = (cluster: Cluster, plural: string, name: string): KubeObject =>
  cluster.store.get({ resource: `${plural}.velero.io`, namespace: 'velero', name });

export const installFlags = (...more: string[]): string[] => [
  '--no-default-backup-location',
  '--use-volume-snapshots=false',
  '--no-secret',
  '--use-node-agent',
  '--plugins=velero/velero-plugin-for-aws:v1.14.2',
  ...more,
];

export const location = (name: string, bucket: string, region: string, spec: KubeObject = {}): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'BackupStorageLocation',
  metadata: { namespace: 'velero', name },
  spec: { provider: 'aws', objectStorage: { bucket, prefix: 'velero' }, config: { region }, ...spec },
});

/** When the last write was that each volume was filled with, by claim; null for an empty one. */
export function filled(cluster: Cluster): Record<string, number | null> {
  const found: Record<string, number | null> = {};
  for (const { metadata, spec } of cluster.store.list('persistentvolumeclaims'))
    if (spec.volumeName)
      found[`${metadata.namespace}/${metadata.name}`] = cluster.volumes.base(spec.volumeName).lastWrite;
  return found;
}

/** How the pods of the platform are: Running, or stuck in their init container. */
export const stuckPods = (cluster: Cluster): string[] =>
  ['queue', 'shop']
    .flatMap((namespace) => cluster.store.list('pods', { namespace }))
    .filter(({ status }) => status?.phase !== 'Running')
    .map(({ metadata }) => metadata.name)
    .sort();

/** What a restore in the east wrote of its warnings and errors. */
export const results = (rig: VeleroRig, name = 'restore-b1'): KubeObject => {
  const object = rig.s3.get(REPLICA, `velero/restores/${name}/restore-${name}-results.gz`);
  return JSON.parse(gunzipSync(object?.bytes ?? new Uint8Array()).toString());
};
