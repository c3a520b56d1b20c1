import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { filled, platform, REPLICA, storageClass, stuckPods, velero, VeleroRig } from './velero-rig.ts';

/** West is backed up, its copy is synced in the east. */
async function ready(spec: KubeObject = {}, prepare: (rig: VeleroRig) => void = () => {}): Promise<VeleroRig> {
  const rig = new VeleroRig();
  seed(rig.west, platform(), { bytesOf: () => 80_000 });
  rig.installBoth();
  prepare(rig);
  rig.start();
  await rig.pass(70);
  await rig.backUp('b1', spec);
  rig.copy();
  await rig.synced('b1');
  return rig;
}

const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'velero', name, labels },
  data,
});

const plugin = (name: string): Record<string, string> => ({ 'velero.io/plugin-config': '', [name]: 'RestoreItemAction' });

const results = (rig: VeleroRig, name = 'restore-b1'): KubeObject => {
  const object = rig.s3.get(REPLICA, `velero/restores/${name}/restore-${name}-results.gz`);
  return JSON.parse(gunzipSync(object?.bytes ?? new Uint8Array()).toString());
};

const modifiers = (rules: string): Record<string, string> => ({ 'rules.yaml': `version: v1\nresourceModifierRules:\n${rules}` });
const withModifiers = { resourceModifier: { kind: 'configmap', name: 'modifiers' } };

describe('a restore', () => {
  it('brings objects back as new ones, with labels that say where from, and without owners', async () => {
    const rig = await ready();
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({ phase: 'Completed', progress: expect.anything() });
    const settings = rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' });
    expect(settings.data).toEqual({ LOG_LEVEL: 'info' });
    expect(settings.metadata.labels).toEqual({ 'velero.io/backup-name': 'b1', 'velero.io/restore-name': 'restore-b1' });
    const original = rig.west.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' });
    expect(settings.metadata.uid).not.toBe(original.metadata.uid);
    expect(rig.east.store.get({ resource: 'namespaces', name: 'shop' }).metadata.labels).toMatchObject({ team: 'platform' });
  });

  it('ends in seconds where there are no volumes, and in about ten where each node fills two', async () => {
    const rig = await ready();
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
    const rig = await ready({}, ({ west }) => {
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
    const rig = await ready();
    await rig.restore('b1');
    const service = rig.east.store.get({ resource: 'services', namespace: 'shop', name: 'web' });
    expect(service.spec.type).toBe('LoadBalancer');
    await rig.pass(300);
    const after = rig.east.store.get({ resource: 'services', namespace: 'shop', name: 'web' });
    expect(after.status?.loadBalancer?.ingress?.[0]?.hostname).toBe('web.shop.elb.amazonaws.com');
  });

  it('of some namespaces leaves out what lies outside them, such as definitions of custom resources', async () => {
    const rig = await ready();
    const restore = await rig.restore('b1', { includedNamespaces: ['shop', 'queue'] });
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.namespaces.shop).toEqual([
      'error restoring widgets.example.com/shop/gear: the server could not find the requested resource',
    ]);
    const asked = await ready();
    const whole = await asked.restore('b1', { includedNamespaces: ['shop', 'queue'], includeClusterResources: true });
    expect(whole.status.phase).toBe('Completed');
  });

  it('with an excluded namespace leaves them out as well', async () => {
    const rig = await ready();
    const restore = await rig.restore('b1', { excludedNamespaces: ['velero'] });
    expect(restore.status.phase).toBe('PartiallyFailed');
  });

  it('takes what labels select, and what that brings along', async () => {
    const rig = await ready();
    await rig.restore('b1', { labelSelector: { matchLabels: { app: 'cache' } } });
    expect(rig.east.store.list('pods', { namespace: 'shop' }).map(({ metadata }) => metadata.name)).toEqual(['cache-0']);
    expect(rig.east.store.list('deployments.apps', { namespace: 'shop' })).toEqual([]);
    expect(rig.east.store.list('persistentvolumeclaims', { namespace: 'shop' })).toHaveLength(1);
  });

  it('can put a namespace elsewhere', async () => {
    const rig = await ready();
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
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry/once:1' }] } } },
    };
    const rig = await ready({}, ({ west }) => void west.api.create(job));
    expect(rig.west.store.get({ resource: 'jobs.batch', namespace: 'shop', name: 'once' }).status.completionTime).toBeDefined();
    await rig.restore('b1');
    expect(rig.east.store.list('jobs.batch', { namespace: 'shop' })).toEqual([]);
  });

  it('warns of what is there already, and changes nothing in claims, with the policy to update too', async () => {
    const rig = await ready();
    await rig.restore('b1');
    await rig.pass(60);
    const before = filled(rig.east);
    rig.east.store.patch({ resource: 'configmaps', namespace: 'shop', name: 'settings' }, (object) => ({ ...object, data: { LOG_LEVEL: 'debug' } }));
    const again = await rig.restore('b1', {}, 'again');
    expect(again.status.phase).toBe('Completed');
    expect(again.status.warnings).toBeGreaterThan(1);
    expect(results(rig, 'again').warnings.namespaces.shop).toContain(
      'could not restore, ConfigMap:settings already exists. Warning: the in-cluster version is different than the backed-up version',
    );
    const updated = await rig.restore('b1', { existingResourcePolicy: 'update' }, 'update');
    expect(updated.status.phase).toBe('Completed');
    expect(rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({ LOG_LEVEL: 'info' });
    expect(filled(rig.east)).toEqual(before);
  });

  it('is Failed when the server is killed meanwhile, though nearly everything has been created', async () => {
    const rig = await ready();
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
    const rig = await ready();
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
    const rig = await ready();
    await rig.restore('b1');
    expect(rig.keys('velero/restores/restore-b1/', REPLICA)).toHaveLength(5);
    rig.east.store.remove({ resource: 'restores.velero.io', namespace: 'velero', name: 'restore-b1' });
    await rig.pass(30);
    expect(velero(rig.east, 'restores', 'restore-b1')).toBeUndefined();
    expect(rig.keys('velero/restores/restore-b1/', REPLICA)).toEqual([]);
  });

  it('leaves pods waiting where no node agent runs', async () => {
    const rig = await ready();
    rig.east.store.remove({ resource: 'daemonsets.apps', namespace: 'velero', name: 'node-agent' });
    await rig.pass(120);
    const restore = await rig.restore('b1');
    await rig.pass(120);
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(stuckPods(rig.east)).toEqual(['cache-0', 'rabbit-0', 'rabbit-1', 'rabbit-2']);
  });
});

describe('what a restore maps', () => {
  it('changes the storage class, and fails what has no new one', async () => {
    const rig = await ready({}, ({ east }) =>
      seed(east, [storageClass('fast'), configMap('classes', { gp3: 'fast' }, plugin('velero.io/change-storage-class'))]),
    );
    await rig.restore('b1');
    const classes = rig.east.store.list('persistentvolumeclaims').map(({ spec }) => spec.storageClassName);
    expect(new Set(classes)).toEqual(new Set(['fast']));
    const sets = rig.east.store.list('statefulsets.apps');
    expect(sets.every(({ spec }) => spec.volumeClaimTemplates[0].spec.storageClassName === 'fast')).toBe(true);
    const missing = await ready({}, ({ east }) =>
      seed(east, [configMap('classes', { gp3: 'absent' }, plugin('velero.io/change-storage-class'))]),
    );
    const restore = await missing.restore('b1');
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(missing).errors.namespaces.shop[0]).toContain('error getting storage class absent from API');
  });

  it('changes images by the one row that matches', async () => {
    const rig = await ready({}, ({ east }) =>
      seed(east, [configMap('images', { registry: 'us-west-2.amazonaws.com,us-east-1.amazonaws.com' }, plugin('velero.io/change-image-name'))]),
    );
    await rig.restore('b1');
    const web = rig.east.store.get({ resource: 'deployments.apps', namespace: 'shop', name: 'web' });
    expect(web.spec.template.spec.containers[0].image).toBe('111122223333.dkr.ecr.us-east-1.amazonaws.com/web:1.0');
    const pod = rig.east.store.get({ resource: 'pods', namespace: 'queue', name: 'rabbit-0' });
    expect(pod.spec.containers[0].image).toBe('111122223333.dkr.ecr.us-east-1.amazonaws.com/rabbit:1.0');
  });

  it('fails every item of a kind that two ConfigMaps want to change', async () => {
    const labels = plugin('velero.io/change-image-name');
    const rig = await ready({}, ({ east }) => seed(east, [configMap('a', { r: 'x,y' }, labels), configMap('b', { r: 'x,y' }, labels)]));
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.namespaces.shop[0]).toContain('found more than one ConfigMap matching label selector');
  });

  it('applies resource modifiers', async () => {
    const rules = `
- conditions: { groupResource: deployments.apps, resourceNameRegex: '^web$' }
  patches: [{ operation: replace, path: /spec/replicas, value: '0' }]
- conditions: { groupResource: services, namespaces: [shop] }
  mergePatches: [{ patchData: '{"spec":{"type":"ClusterIP"}}' }]
- conditions: { groupResource: statefulsets.apps }
  strategicPatches: [{ patchData: '{"spec":{"template":{"spec":{"containers":[{"name":"cache","image":"other:1"}]}}}}' }]
- conditions: { groupResource: configmaps }
  patches: [{ operation: test, path: /data/LOG_LEVEL, value: debug }, { operation: remove, path: /data/LOG_LEVEL }]
`;
    const rig = await ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
    await rig.restore('b1', withModifiers);
    const { store } = rig.east;
    expect(store.get({ resource: 'deployments.apps', namespace: 'shop', name: 'web' }).spec.replicas).toBe(0);
    expect(store.get({ resource: 'services', namespace: 'shop', name: 'web' }).spec.type).toBe('ClusterIP');
    const { containers } = store.get({ resource: 'statefulsets.apps', namespace: 'shop', name: 'cache' }).spec.template.spec;
    expect(containers.map(({ image }: KubeObject) => image)).toEqual(['other:1']);
    expect(store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({ LOG_LEVEL: 'info' });
  });

  it.each([
    ['is not there', undefined, 'failed to get resource modifiers configmap velero/modifiers'],
    ['has two keys', { a: 'version: v1', b: 'version: v1' }, 'illegal resource modifiers velero/modifiers configmap'],
    ['is of another version', { a: 'version: v2' }, 'unsupported resource modifier version v2'],
    ['has an unknown field', { a: 'version: v1\nresourceModifierRules: [{ condition: {} }]' }, 'unknown field "condition"'],
    [
      'uses op for operation',
      modifiers('- conditions: { groupResource: pods }\n  patches: [{ op: remove, path: /spec }]'),
      'unknown field "op"',
    ],
  ])('is refused when its ConfigMap of modifiers %s', async (_what, data, message) => {
    const rig = await ready({}, ({ east }) => {
      if (data !== undefined) seed(east, [configMap('modifiers', data as Record<string, string>)]);
    });
    const restore = await rig.restore('b1', withModifiers);
    expect(restore.status.phase).toBe('FailedValidation');
    expect(restore.status.validationErrors.join()).toContain(message);
  });

  it('reports a modifier that does not apply as an error, and restores the object as it was', async () => {
    const rules = "- conditions: { groupResource: configmaps }\n  patches: [{ operation: replace, path: /data/ABSENT, value: '1' }]";
    const rig = await ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
    const restore = await rig.restore('b1', withModifiers);
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({ LOG_LEVEL: 'info' });
  });
});

describe('a restore that cannot start', () => {
  it.each([
    ['of a backup that is not there', { backupName: 'nothing' }, `Error retrieving backup: can't find backup velero/nothing: backups.velero.io "nothing" not found`],
    ['of nothing', { backupName: '' }, 'Either a backup or schedule must be specified as a source for the restore, but not both'],
    ['of nodes', { includedResources: ['nodes'] }, 'nodes are non-restorable resources'],
    ['with an unknown policy', { existingResourcePolicy: 'replace' }, 'Invalid ExistingResourcePolicy: replace'],
  ])('is refused %s', async (_what, spec, message) => {
    const rig = await ready();
    const restore = await rig.restore('b1', spec);
    expect(restore.status).toMatchObject({ phase: 'FailedValidation', validationErrors: [message] });
  });

  it('is refused while its location is not available', async () => {
    const rig = await ready();
    rig.denied.push({ action: 's3:ListBucket', resource: /backups-east/ });
    await rig.pass(120);
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: ['The BSL replica is unavailable, cannot retrieve the backup'],
    });
  });
});

describe('webhooks and namespaces in the way', () => {
  it('fails what a webhook without endpoints would have to see', async () => {
    const rig = await ready({}, ({ east }) =>
      seed(east, [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingWebhookConfiguration',
          metadata: { name: 'guard' },
          webhooks: [
            {
              name: 'guard.example.com',
              failurePolicy: 'Fail',
              clientConfig: { service: { namespace: 'guard', name: 'guard' } },
              rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
              sideEffects: 'None',
              admissionReviewVersions: ['v1'],
            },
          ],
        },
      ]),
    );
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.namespaces.shop.some((message: string) => message.includes('webhook'))).toBe(true);
  });

  it('waits ten minutes for a namespace that does not go away', async () => {
    const rig = await ready({}, ({ east }) =>
      seed(east, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', finalizers: ['example.com/stuck'] } }]),
    );
    rig.east.store.remove({ resource: 'namespaces', name: 'shop' });
    const started = rig.kernel.now;
    const restore = await rig.restore('b1', { includedResources: ['configmaps'] });
    expect(rig.kernel.now - started).toBeGreaterThan(600_000);
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.velero[0]).toContain('timed out waiting for terminating namespace shop');
  });
});

describe('volumes ahead of the day', () => {
  it('are filled by pods that only hold their place, and serve the controllers that come later', async () => {
    const rules = '- conditions: { groupResource: pods }\n  patches: [{ operation: replace, path: /spec/containers/0/image, value: "registry.k8s.io/pause:3.10" }]';
    const rig = await ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
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
