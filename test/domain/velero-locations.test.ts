import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../src/domain/velero.ts';
import { backupLocation, standbyLocation, veleroSchedule } from '../../src/domain/velero-locations.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { linesFor, planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const scheduled = (name: string, of: Plan = plan, site?: 'standby'): Manifest => {
  const schedule = of.stores.backups.schedules.find((one) => one.name === name);
  if (schedule === undefined) throw new Error(`the plan has no schedule ${name}`);
  return veleroSchedule(of, schedule, site);
};

describe('the backup location', () => {
  it('is writable in the primary and read-only in the standby, whose bucket is the replica', () => {
    expect(backupLocation(plan, 'primary').spec).toMatchObject({
      accessMode: 'ReadWrite',
      objectStorage: { bucket: 'shop-backups', prefix: 'velero' },
      config: { region: 'us-west-2' },
    });
    expect(backupLocation(plan, 'standby').spec).toMatchObject({
      accessMode: 'ReadOnly',
      objectStorage: { bucket: 'shop-backups-copy', prefix: 'velero' },
      config: { region: 'us-east-1' },
    });
  });
});

describe('a store other than S3', () => {
  const endpoint = (text: string) => `replica: shop-backups-copy\n    endpoint: ${text}`;
  const minio = '{ url: https://minio.example.com, secret: { name: minio } }';

  it("is where the primary writes, with keys from a secret; the standby's stays the replica, by its role", () => {
    const { plan: changed } = planOf(SMALL_PLAN.replace('replica: shop-backups-copy', endpoint(minio)));
    expect(backupLocation(changed, 'primary').spec).toMatchObject({
      accessMode: 'ReadWrite',
      objectStorage: { bucket: 'shop-backups', prefix: 'velero' },
      config: { region: 'us-west-2', s3Url: 'https://minio.example.com', s3ForcePathStyle: 'true' },
      credential: { name: 'minio', key: 'cloud' },
    });
    expect(backupLocation(changed, 'standby')).toEqual(backupLocation(plan, 'standby'));
  });

  it.each([
    ['{ url: http://minio.example.com, secret: { name: minio } }', /https URL/],
    ['{ url: https://s3.us-west-2.amazonaws.com, secret: { name: keys } }', /leave endpoint out for S3/],
    ['{ url: https://minio.example.com }', /secret/],
  ])('is not %s', (text, why) => {
    expect(linesFor(['replica: shop-backups-copy', endpoint(text)])).toEqual([expect.stringMatching(why)]);
  });
});

describe("the location of the standby's own backups", () => {
  const { metadata, spec } = standbyLocation(plan) as Manifest & { spec: Record<string, unknown> };

  it("lies in the standby's bucket beside what the primary writes there, and may be written", () => {
    expect(spec).toMatchObject({
      accessMode: 'ReadWrite',
      objectStorage: { bucket: 'shop-backups-copy', prefix: 'velero-standby' },
      config: { region: 'us-east-1' },
    });
  });

  it("is not the default, so that nothing of the primary's is ever written", () => {
    expect(metadata.name).not.toBe(backupLocation(plan, 'standby').metadata.name);
    expect(spec).not.toHaveProperty('default');
  });
});

describe('a schedule', () => {
  it('takes all of its namespaces but events, volumes by their files, and what belongs to the cluster', () => {
    const { spec } = scheduled('critical-5m');
    expect(spec).toMatchObject({
      schedule: '*/5 * * * *',
      paused: false,
      template: {
        includedNamespaces: ['orders', 'ingress'],
        excludedResources: ['events', 'events.events.k8s.io'],
        includeClusterResources: true,
        snapshotVolumes: false,
        defaultVolumesToFsBackup: true,
        ttl: '24h0m0s',
      },
    });
  });

  it('has Velero move snapshots where the plan says so, and takes no volume by its files then', () => {
    const by = (changed: Plan) => (scheduled('critical-5m', changed).spec as { template: unknown }).template;
    const { plan: moved } = planOf(
      SMALL_PLAN.replace('bucket: shop-backups', 'volumes: snapshots\n    bucket: shop-backups'),
    );
    expect(by(moved)).toMatchObject({ snapshotMoveData: true, defaultVolumesToFsBackup: false });
    expect(by(moved)).not.toHaveProperty('snapshotVolumes');
    expect(by(plan)).not.toHaveProperty('snapshotMoveData');
  });

  it('keeps backups for as long as the plan says, to the second: of zero Velero would make a month', () => {
    const ttl = (keep: string) => {
      const changed = planOf(SMALL_PLAN.replace('keep: 24h', `keep: ${keep}`)).plan;
      const [schedule] = changed.stores.backups.schedules;
      if (schedule === undefined) throw new Error('no schedule');
      return JSON.stringify(veleroSchedule(changed, schedule)).match(/"ttl":"(\w+)"/)?.[1];
    };
    expect(['30m', '90m', '30d'].map(ttl)).toEqual(['0h30m0s', '1h30m0s', '720h0m0s']);
  });

  it('of all namespaces takes those of the platform and of every tier', () => {
    expect(scheduled('daily').spec).toMatchObject({
      schedule: '0 2 * * *',
      template: { includedNamespaces: ['ingress', 'orders', 'wiki'], ttl: '720h0m0s' },
    });
  });

  it('labels its backups as it is told', () => {
    const [schedule] = plan.stores.backups.schedules;
    const labels = { 'lifeboat.dev/git-revision': 'a' };
    const labelled = schedule && veleroSchedule(plan, schedule, 'primary', labels);
    expect(labelled?.spec).toMatchObject({ template: { metadata: { labels } } });
  });

  it('of configuration takes config maps, secrets and services, and no volume', () => {
    const { plan: changed } = planOf(
      SMALL_PLAN.replace('cron: 0 2 * * *,', 'cron: 0 2 * * *, contents: configuration,'),
    );
    const { template } = scheduled('daily', changed).spec as { template: Record<string, unknown> };
    expect(template).toMatchObject({
      includedResources: ['configmaps', 'secrets', 'services'],
      defaultVolumesToFsBackup: false,
    });
    expect(template).not.toHaveProperty('includeClusterResources');
  });

  it('runs the hooks of the workloads that it covers, inside their pods', () => {
    const hook = '{ selector: { app: mq }, container: mq, command: [export, /data], timeout: 45s, onError: Continue }';
    const text = SMALL_PLAN.replace('checks: [{', `hooks: [${hook}]\n    checks: [{`);
    const { plan: changed } = planOf(text);
    const hooksOf = (name: string) =>
      (scheduled(name, changed).spec as { template: { hooks?: { resources: unknown[] } } }).template.hooks;
    expect(hooksOf('critical-5m')?.resources).toEqual([
      {
        name: 'orders-0',
        includedNamespaces: ['orders'],
        labelSelector: { matchLabels: { app: 'mq' } },
        pre: [{ exec: { container: 'mq', command: ['export', '/data'], onError: 'Continue', timeout: '45s' } }],
      },
    ]);
    expect(hooksOf('normal-2h')).toBeUndefined();
  });

  it('of the standby writes to its own location, under a name that no backup of the primary has', () => {
    const own = scheduled('critical-5m', plan, 'standby') as Manifest & { spec: { template: object } };
    expect(own.metadata.name).toBe('standby-critical-5m');
    const { spec } = scheduled('critical-5m') as Manifest & { spec: { template: object } };
    expect(own.spec.template).toEqual({ ...spec.template, storageLocation: 'standby' });
  });
});
