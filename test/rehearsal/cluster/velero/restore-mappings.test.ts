import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { storageClass } from './rig-platform.ts';
import { results, VeleroRig } from './velero-rig.ts';

const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'velero', name, labels },
  data,
});

const plugin = (name: string): Record<string, string> => ({
  'velero.io/plugin-config': '',
  [name]: 'RestoreItemAction',
});

const modifiers = (rules: string): Record<string, string> => ({
  'rules.yaml': `version: v1\nresourceModifierRules:\n${rules}`,
});
const withModifiers = { resourceModifier: { kind: 'configmap', name: 'modifiers' } };

describe('what a restore maps', () => {
  it('changes the storage class, and fails what has no new one', async () => {
    const rig = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [
        storageClass('fast'),
        configMap('classes', { gp3: 'fast' }, plugin('velero.io/change-storage-class')),
      ]),
    );
    await rig.restore('b1');
    const classes = rig.east.store.list('persistentvolumeclaims').map(({ spec }) => spec.storageClassName);
    expect(new Set(classes)).toEqual(new Set(['fast']));
    const sets = rig.east.store.list('statefulsets.apps');
    expect(sets.every(({ spec }) => spec.volumeClaimTemplates[0].spec.storageClassName === 'fast')).toBe(true);
    const missing = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [configMap('classes', { gp3: 'absent' }, plugin('velero.io/change-storage-class'))]),
    );
    const restore = await missing.restore('b1');
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(missing).errors.namespaces.shop[0]).toContain('error getting storage class absent from API');
  });

  it('changes images by the one row that matches', async () => {
    const rig = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [
        configMap(
          'images',
          { registry: 'us-west-2.amazonaws.com,us-east-1.amazonaws.com' },
          plugin('velero.io/change-image-name'),
        ),
      ]),
    );
    await rig.restore('b1');
    const web = rig.east.store.get({ resource: 'deployments.apps', namespace: 'shop', name: 'web' });
    expect(web.spec.template.spec.containers[0].image).toBe('111122223333.dkr.ecr.us-east-1.amazonaws.com/web:1.0');
    const pod = rig.east.store.get({ resource: 'pods', namespace: 'queue', name: 'rabbit-0' });
    expect(pod.spec.containers[0].image).toBe('111122223333.dkr.ecr.us-east-1.amazonaws.com/rabbit:1.0');
  });

  it('fails every item of a kind that two ConfigMaps want to change', async () => {
    const labels = plugin('velero.io/change-image-name');
    const rig = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [configMap('a', { r: 'x,y' }, labels), configMap('b', { r: 'x,y' }, labels)]),
    );
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
    const rig = await VeleroRig.ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
    await rig.restore('b1', withModifiers);
    const { store } = rig.east;
    expect(store.get({ resource: 'deployments.apps', namespace: 'shop', name: 'web' }).spec.replicas).toBe(0);
    expect(store.get({ resource: 'services', namespace: 'shop', name: 'web' }).spec.type).toBe('ClusterIP');
    const { containers } = store.get({ resource: 'statefulsets.apps', namespace: 'shop', name: 'cache' }).spec.template
      .spec;
    expect(containers.map(({ image }: KubeObject) => image)).toEqual(['other:1']);
    expect(store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({
      LOG_LEVEL: 'info',
    });
  });

  it.each([
    ['is not there', undefined, 'failed to get resource modifiers configmap velero/modifiers'],
    ['has two keys', { a: 'version: v1', b: 'version: v1' }, 'illegal resource modifiers velero/modifiers configmap'],
    ['is of another version', { a: 'version: v2' }, 'unsupported resource modifier version v2'],
    [
      'has an unknown field',
      { a: 'version: v1\nresourceModifierRules: [{ condition: {} }]' },
      'unknown field "condition"',
    ],
    [
      'uses op for operation',
      modifiers('- conditions: { groupResource: pods }\n  patches: [{ op: remove, path: /spec }]'),
      'unknown field "op"',
    ],
  ])('is refused when its ConfigMap of modifiers %s', async (_what, data, message) => {
    const rig = await VeleroRig.ready({}, ({ east }) => {
      if (data !== undefined) seed(east, [configMap('modifiers', data as Record<string, string>)]);
    });
    const restore = await rig.restore('b1', withModifiers);
    expect(restore.status.phase).toBe('FailedValidation');
    expect(restore.status.validationErrors.join()).toContain(message);
  });

  it('reports a modifier that does not apply as an error, and restores the object as it was', async () => {
    const rules =
      "- conditions: { groupResource: configmaps }\n  patches: [{ operation: replace, path: /data/ABSENT, value: '1' }]";
    const rig = await VeleroRig.ready({}, ({ east }) => seed(east, [configMap('modifiers', modifiers(rules))]));
    const restore = await rig.restore('b1', withModifiers);
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(rig.east.store.get({ resource: 'configmaps', namespace: 'shop', name: 'settings' }).data).toEqual({
      LOG_LEVEL: 'info',
    });
  });
});
