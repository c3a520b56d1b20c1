import { describe, expect, it } from '@jest/globals';
import {
  installCommand,
  inventoryNamespaces,
  jobGround,
  type Manifest,
  standbyStorageClass,
  translationMaps,
  veleroJob,
} from '../../src/domain/velero.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const IMAGES = { velero: 'registry/velero:v1.18.3', plugin: 'registry/velero-plugin-for-aws:v1.14.3' };

describe('a job of ours', () => {
  const job = veleroJob('restore-a', IMAGES.velero, ['restore', 'create']) as Manifest & {
    spec: { template: { spec: { serviceAccountName: string; containers: { image: string; command: string[] }[] } } };
  };

  it("runs Velero's image alone, which has no shell", () => {
    const { containers } = job.spec.template.spec;
    expect(containers.map(({ image, command }) => [image, command])).toEqual([
      [IMAGES.velero, ['/velero', 'restore', 'create']],
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
    const command = installCommand(IMAGES, plan);
    expect(command).toEqual(
      expect.arrayContaining(['--no-default-backup-location', '--no-secret', '--use-node-agent']),
    );
    expect(command).toEqual(expect.arrayContaining([`--image=${IMAGES.velero}`, `--plugins=${IMAGES.plugin}`]));
    expect(command.some((flag) => flag.startsWith('--provider'))).toBe(false);
  });

  it('has it take volumes as the plan says: by their files, or by snapshots', () => {
    const [files, snapshots] = ['--default-volumes-to-fs-backup', '--features=EnableCSI'];
    const { plan: moved } = planOf(
      SMALL_PLAN.replace('bucket: shop-backups', 'volumes: snapshots\n    bucket: shop-backups'),
    );
    expect(installCommand(IMAGES, plan)).toContain(files);
    expect(installCommand(IMAGES, plan)).not.toContain(snapshots);
    expect(installCommand(IMAGES, moved)).toContain(snapshots);
    expect(installCommand(IMAGES, moved)).not.toContain(files);
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
