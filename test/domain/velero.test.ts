import { describe, expect, it } from '@jest/globals';
import {
  backupLocation,
  installCommand,
  inventoryNamespaces,
  isUsable,
  jobGround,
  type Manifest,
  standbyStorageClass,
  translationMaps,
  VELERO_IMAGE,
  VELERO_VERSION,
  veleroJob,
  veleroSchedule,
  versionOf,
} from '../../src/domain/velero.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const scheduled = (name: string, of: Plan = plan): Manifest => {
  const schedule = of.stores.backups.schedules.find((one) => one.name === name);
  if (schedule === undefined) throw new Error(`the plan has no schedule ${name}`);
  return veleroSchedule(of, schedule);
};

describe("Velero's version", () => {
  it.each([
    ['velero/velero:v1.18.3', '1.18.3'],
    ['111122223333.dkr.ecr.us-east-1.amazonaws.com/velero/velero:1.16.0', '1.16.0'],
    ['velero/velero:v1.18.3@sha256:0', '1.18.3'],
    ['velero/velero:latest', undefined],
    ['velero/velero', undefined],
  ])('of %s is %s', (image, version) => {
    expect(versionOf(image)).toBe(version);
  });

  it.each([
    ['1.18.1', true],
    ['1.18.3', true],
    ['1.19.0', true],
    ['2.0.0', true],
    ['1.18.0', false],
    ['1.17.9', false],
    ['1.9.12', false],
    ['0.99.99', false],
  ])('%s can restore from a read-only replica: %s', (version, usable) => {
    expect(isUsable(version)).toBe(usable);
  });

  it('that we install is one that we use', () => {
    expect(isUsable(versionOf(VELERO_IMAGE) ?? '')).toBe(true);
    expect(`v${versionOf(VELERO_IMAGE)}`).toBe(VELERO_VERSION);
  });
});

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

  it('of all namespaces takes those of the platform and of every tier', () => {
    expect(scheduled('daily').spec).toMatchObject({
      schedule: '0 2 * * *',
      template: { includedNamespaces: ['ingress', 'orders', 'wiki'], ttl: '720h0m0s' },
    });
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
});

describe('a job of ours', () => {
  const job = veleroJob('restore-a', ['restore', 'create']) as Manifest & {
    spec: { template: { spec: { serviceAccountName: string; containers: { image: string; command: string[] }[] } } };
  };

  it("runs Velero's image alone, which has no shell", () => {
    const { containers } = job.spec.template.spec;
    expect(containers.map(({ image, command }) => [image, command])).toEqual([
      [VELERO_IMAGE, ['/velero', 'restore', 'create']],
    ]);
  });

  it('finds the account and the namespace that it runs by', () => {
    const ground = jobGround();
    const account = ground.find(({ kind }) => kind === 'ServiceAccount');
    expect(account?.metadata).toEqual({
      name: job.spec.template.spec.serviceAccountName,
      namespace: job.metadata.namespace,
    });
    expect(ground.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === job.metadata.namespace)).toBe(
      true,
    );
  });

  it('installs Velero without a location, as the installer cannot make one read-only, and without a secret', () => {
    expect(installCommand()).toEqual(
      expect.arrayContaining(['--no-default-backup-location', '--no-secret', '--use-node-agent']),
    );
    expect(installCommand().some((flag) => flag.startsWith('--provider'))).toBe(false);
  });
});

describe('the maps by which Velero translates', () => {
  const maps = translationMaps({
    registries: { 'old.example': 'new.example' },
    storageClasses: { gp2: 'lifeboat' },
    modifiers: '{}',
    unmapped: [],
  }) as (Manifest & { data: Record<string, string> })[];

  it('are one for each action, since Velero refuses two of a kind', () => {
    const labels = maps.map(({ metadata }) => Object.keys((metadata.labels ?? {}) as Record<string, string>));
    const actions = labels.flat().filter((label) => label !== 'velero.io/plugin-config');
    expect(actions).toEqual(['velero.io/change-storage-class', 'velero.io/change-image-name']);
  });

  it('name old and new, and keep the modifiers in a single member', () => {
    expect(maps.map(({ data }) => data)).toEqual([
      { gp2: 'lifeboat' },
      { 'registry-0': 'old.example,new.example' },
      { 'modifiers.yaml': '{}' },
    ]);
  });

  it('lead to a storage class that exists in the standby, and whose volumes are made where their pods are', () => {
    expect(standbyStorageClass()).toMatchObject({
      metadata: { name: 'lifeboat' },
      provisioner: 'ebs.csi.eks.amazonaws.com',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  });
});

describe('the inventory', () => {
  it("is taken of the protected namespaces, never of Velero's or ours", () => {
    expect(inventoryNamespaces(plan)).toEqual(['ingress', 'orders', 'wiki']);
    const { plan: changed } = planOf(
      SMALL_PLAN.replace('namespaces: [wiki]', 'namespaces: [wiki, velero, lifeboat]').replace(
        'every: 2h, namespaces: [wiki]',
        'every: 2h, namespaces: [wiki, velero, lifeboat]',
      ),
    );
    expect(inventoryNamespaces(changed)).toEqual(['ingress', 'orders', 'wiki']);
  });
});
