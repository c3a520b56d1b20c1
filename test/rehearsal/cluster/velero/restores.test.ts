import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { filled, REPLICA, results, stuckPods, VeleroRig, velero } from './velero-rig.ts';

const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'velero', name, labels },
  data,
});

const modifiers = (rules: string): Record<string, string> => ({
  'rules.yaml': `version: v1\nresourceModifierRules:\n${rules}`,
});
const withModifiers = { resourceModifier: { kind: 'configmap', name: 'modifiers' } };

describe('a restore', () => {
  it('brings objects back as new ones, with labels that say where from, and without owners', async () => {
    const rig = await VeleroRig.ready();
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({ phase: 'Completed', progress: expect.anything() });
    const settings = rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' });
    expect(settings.data).toEqual({ LOG_LEVEL: 'info' });
    expect(settings.metadata.labels).toEqual({ 'velero.io/backup-name': 'b1', 'velero.io/restore-name': 'restore-b1' });
    const original = rig.west.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' });
    expect(settings.metadata.uid).not.toBe(original.metadata.uid);
    expect(rig.east.store.get({ resource: 'namespaces', name: 'shop' }).metadata.labels).toMatchObject({
      team: 'platform',
    });
  });

  it('ends in seconds where there are no volumes, and in about ten where each node fills two', async () => {
    const rig = await VeleroRig.ready();
    const started = rig.kernel.now;
    await rig.restore('b1', { excludedResources: ['pods', 'persistentvolumeclaims', 'persistentvolumes'] }, 'without');
    expect(rig.kernel.now - started).toBeLessThan(12_000);
    const whole = await VeleroRig.backedUp();
    whole.copy();
    await whole.synced('b1');
    const began = whole.kernel.now;
    await whole.restore('b1');
    expect(whole.kernel.now - began).toBeLessThan(60_000);
  });

  it('keeps finalizers', async () => {
    const rig = await VeleroRig.ready({}, ({ west }) => {
      west.store.patch({ resource: 'configmaps', namespace: 'shop', name: 'settings' }, (object) => ({
        ...object,
        metadata: { ...object.metadata, finalizers: ['example.com/keep'] },
      }));
    });
    await rig.restore('b1');
    const settings = rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' });
    expect(settings.metadata.finalizers).toEqual(['example.com/keep']);
  });

  it('makes a load balancer of a Service that was one', async () => {
    const rig = await VeleroRig.ready();
    await rig.restore('b1');
    const service = rig.east.store.get({ resource: 'services', namespace: 'shop', name: 'web' });
    expect(service.spec.type).toBe('LoadBalancer');
    await rig.pass(300);
    const after = rig.east.store.get({ resource: 'services', namespace: 'shop', name: 'web' });
    expect(after.status?.loadBalancer?.ingress?.[0]?.hostname).toBe('web.shop.elb.amazonaws.com');
  });

  it('of some namespaces leaves out what lies outside them, such as definitions of custom resources', async () => {
    const rig = await VeleroRig.ready();
    const restore = await rig.restore('b1', { includedNamespaces: ['shop', 'queue'] });
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.namespaces.shop).toEqual([
      'error restoring widgets.example.com/shop/gear: the server could not find the requested resource',
    ]);
    const asked = await VeleroRig.ready();
    const whole = await asked.restore('b1', { includedNamespaces: ['shop', 'queue'], includeClusterResources: true });
    expect(whole.status.phase).toBe('Completed');
  });

  it('with an excluded namespace leaves them out as well', async () => {
    const rig = await VeleroRig.ready();
    const restore = await rig.restore('b1', { excludedNamespaces: ['velero'] });
    expect(restore.status.phase).toBe('PartiallyFailed');
  });

  it('takes what labels select, and what that brings along', async () => {
    const rig = await VeleroRig.ready();
    await rig.restore('b1', { labelSelector: { matchLabels: { app: 'cache' } } });
    expect(rig.east.store.list('pods', { namespace: 'shop' }).map(({ metadata }) => metadata.name)).toEqual([
      'cache-0',
    ]);
    expect(rig.east.store.list('deployments.apps', { namespace: 'shop' })).toEqual([]);
    expect(rig.east.store.list('persistentvolumeclaims', { namespace: 'shop' })).toHaveLength(1);
  });

  it('can put a namespace elsewhere', async () => {
    const rig = await VeleroRig.ready();
    const restore = await rig.restore('b1', { namespaceMapping: { shop: 'store' } });
    await rig.pass(60);
    expect(restore.status.phase).toBe('Completed');
    expect(rig.east.store.list('pods', { namespace: 'shop' })).toEqual([]);
    expect(rig.east.store.list('pods', { namespace: 'store' })).toHaveLength(3);
    expect(filled(rig.east)['store/data-cache-0']).not.toBeNull();
  });

  it('leaves out Jobs that are done and pods that have ended', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { namespace: 'shop', name: 'once' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry/once:1' }] } },
      },
    };
    const rig = await VeleroRig.ready({}, ({ west }) => void west.api.create(job));
    expect(
      rig.west.store.get({ resource: 'jobs.batch', namespace: 'shop', name: 'once' }).status.completionTime,
    ).toBeDefined();
    await rig.restore('b1');
    expect(rig.east.store.list('jobs.batch', { namespace: 'shop' })).toEqual([]);
  });

  it('warns of what is there already, and changes nothing in claims, with the policy to update too', async () => {
    const rig = await VeleroRig.ready();
    await rig.restore('b1');
    await rig.pass(60);
    const before = filled(rig.east);
    rig.east.store.patch({ resource: 'configmaps', namespace: 'shop', name: 'settings' }, (object) => ({
      ...object,
      data: { LOG_LEVEL: 'debug' },
    }));
    const again = await rig.restore('b1', {}, 'again');
    expect(again.status.phase).toBe('Completed');
    expect(again.status.warnings).toBeGreaterThan(1);
    expect(results(rig, 'again').warnings.namespaces.shop).toContain(
      'could not restore, ConfigMap:settings already exists. Warning: the in-cluster version is different than the backed-up version',
    );
    const updated = await rig.restore('b1', { existingResourcePolicy: 'update' }, 'update');
    expect(updated.status.phase).toBe('Completed');
    expect(rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({
      LOG_LEVEL: 'info',
    });
    expect(filled(rig.east)).toEqual(before);
  });

  it('is Failed when the server is killed meanwhile, though nearly everything has been created', async () => {
    const rig = await VeleroRig.ready();
    rig.east.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: { namespace: 'velero', name: 'killed' },
      spec: { backupName: 'b1' },
    });
    await rig.until(() => rig.east.store.list('podvolumerestores.velero.io').length > 0);
    await rig.pass(3);
    const server = rig.east.store.list('pods', { namespace: 'velero', labelSelector: 'deploy=velero' })[0];
    rig.east.crashPod('velero', server.metadata.name);
    await rig.pass(60);
    expect(velero(rig.east, 'restores', 'killed').status).toMatchObject({
      phase: 'Failed',
      failureReason: 'found a restore with status "InProgress" during the server starting, mark it as "Failed"',
    });
    expect(rig.east.store.list('statefulsets.apps')).toHaveLength(2);
  });

  it('waits for none other to end before it starts', async () => {
    const rig = await VeleroRig.ready();
    for (const name of ['first', 'second'])
      rig.east.store.create({
        apiVersion: 'velero.io/v1',
        kind: 'Restore',
        metadata: { namespace: 'velero', name },
        spec: { backupName: 'b1', includedResources: ['configmaps'] },
      });
    await rig.pass(0.5);
    expect(velero(rig.east, 'restores', 'first').status.phase).toBe('InProgress');
    expect(velero(rig.east, 'restores', 'second').status?.phase).toBeUndefined();
    await rig.pass(60);
    expect(velero(rig.east, 'restores', 'second').status.phase).toBe('Completed');
  });

  it('takes its files along when it is deleted', async () => {
    const rig = await VeleroRig.ready();
    await rig.restore('b1');
    expect(rig.keys('velero/restores/restore-b1/', REPLICA)).toHaveLength(5);
    rig.east.store.remove({ resource: 'restores.velero.io', namespace: 'velero', name: 'restore-b1' });
    await rig.pass(30);
    expect(velero(rig.east, 'restores', 'restore-b1')).toBeUndefined();
    expect(rig.keys('velero/restores/restore-b1/', REPLICA)).toEqual([]);
  });

  it('leaves pods waiting where no node agent runs', async () => {
    const rig = await VeleroRig.ready();
    rig.east.store.remove({ resource: 'daemonsets.apps', namespace: 'velero', name: 'node-agent' });
    await rig.pass(120);
    const restore = await rig.restore('b1');
    await rig.pass(120);
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(stuckPods(rig.east)).toEqual(['cache-0', 'rabbit-0', 'rabbit-1', 'rabbit-2']);
  });
});

describe('volumes ahead of the day', () => {
  it('are filled by pods that only hold their place, and serve the controllers that come later', async () => {
    const rules =
      '- conditions: { groupResource: pods }\n  patches: [{ operation: replace, path: /spec/containers/0/image, value: "registry.k8s.io/pause:3.10" }]';
    const rig = await VeleroRig.ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
    const volumeKinds = ['pods', 'persistentvolumeclaims', 'persistentvolumes'];
    const hydrated = await rig.restore('b1', { includedResources: volumeKinds, ...withModifiers }, 'hydrate');
    await rig.pass(60);
    expect(hydrated.status.phase).toBe('Completed');
    const pods = rig.east.store.list('pods', { namespace: 'queue' });
    expect(pods.every(({ metadata }) => metadata.ownerReferences === undefined)).toBe(true);
    const before = filled(rig.east);
    expect(Object.values(before).every((write) => write !== null)).toBe(true);
    const claim = rig.east.store.get({ resource: 'persistentvolumeclaims', namespace: 'queue', name: 'data-rabbit-0' });
    expect(rig.east.volumes.written(claim.spec.volumeName)).toBe(false);
    for (const namespace of ['shop', 'queue'])
      for (const { metadata } of rig.east.store.list('pods', { namespace }))
        rig.east.store.remove({ resource: 'pods', namespace, name: metadata.name });
    await rig.pass(60);
    const started = rig.kernel.now;
    const rest = await rig.restore('b1', { excludedResources: volumeKinds }, 'rest');
    expect(rest.status.phase).toBe('Completed');
    expect(rig.kernel.now - started).toBeLessThan(15_000);
    await rig.pass(240);
    expect(rig.east.store.list('pods', { namespace: 'queue' })).toHaveLength(3);
    expect(stuckPods(rig.east)).toEqual([]);
    expect(filled(rig.east)).toEqual(before);
    expect(rig.east.volumes.written(claim.spec.volumeName)).toBe(true);
  });
});
