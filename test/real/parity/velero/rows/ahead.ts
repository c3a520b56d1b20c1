import type { KubeObject } from '../../../../../src/gateways/kubernetes/cluster-api.ts';
import { NAMESPACES } from '../platform.ts';
import { type Row, sourceOf } from '../row.ts';
import type { Scene } from '../scene.ts';
import { tally } from '../seen.ts';

const MODIFIERS = 'https://velero.io/docs/v1.18/restore-resource-modifiers/';
const EXISTING = 'https://velero.io/docs/v1.18/restore-reference/#restore-existing-resource-policy';
const PLACEHOLDER = 'registry.example.com/east/pause:3.10';
const WITH_VOLUMES = ['pods', 'persistentvolumeclaims', 'persistentvolumes'];

type Rule = { groupResource: string; path: string; value: string };

/** Has each object of some kinds changed on its way. Answers what a restore says to have it so. */
async function modified(scene: Scene, name: string, rules: Rule[]): Promise<object> {
  const resourceModifierRules = rules.map(({ groupResource, path, value }) => ({
    conditions: { groupResource },
    patches: [{ operation: 'replace', path, value }],
  }));
  const data = { 'modifiers.yaml': JSON.stringify({ version: 'v1', resourceModifierRules }) };
  await scene.east.api.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'velero' }, data });
  return { resourceModifier: { kind: 'configmap', name } };
}

const images = async ({ east }: Scene): Promise<string> =>
  tally((await east.pods()).map(({ spec }: KubeObject) => spec?.containers[0].image));

const ready = async (scene: Scene): Promise<void> => {
  await scene.copy();
  await scene.east.resync();
};

export const hydrated: Row<Scene> = {
  title: 'Volumes are filled ahead by placeholders, and the platform starts on them later',
  source: MODIFIERS,
  ask: async (scene) => {
    await ready(scene);
    const inert = { groupResource: 'pods', path: '/spec/containers/0/image', value: PLACEHOLDER };
    const ahead = await scene.restore('later', {
      includedResources: WITH_VOLUMES,
      excludedResources: [],
      ...(await modified(scene, 'placeholders', [inert])),
    });
    const imagesAhead = await images(scene);
    for (const { metadata } of await scene.east.pods())
      await scene.east.api.delete({
        ...{ apiVersion: 'v1', kind: 'Pod', name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' },
      });
    await scene.east.until('no pods', async () => ((await scene.east.pods()).length === 0 ? true : undefined));
    const later = await scene.restore('later', { excludedResources: WITH_VOLUMES });
    const { restore, pods, volumes } = later;
    return {
      ...ahead,
      imagesAhead,
      ...{ start: restore ?? '', podsAfter: pods ?? '', volumesAfter: volumes ?? '', imagesAfter: await images(scene) },
    };
  },
};

const again = (title: string, more: object): Row<Scene> => ({
  title,
  source: EXISTING,
  ask: async (scene) => {
    await ready(scene);
    await scene.restore();
    for (const pv of (await scene.east.claims()).values()) await scene.east.volumes.write(pv);
    const { warnings = 0, ...seen } = await scene.restore('later', more);
    // Without the policy there is one, too, for who wrote a field last, and when: that is never the same twice.
    return { ...seen, ...('existingResourcePolicy' in more ? { warnings } : { warned: warnings !== 0 }) };
  },
});

const asleep: Row<Scene> = {
  title: 'Everything is restored with its replicas set to 0, and its pods begin all the same',
  source: MODIFIERS,
  ask: async (scene) => {
    await ready(scene);
    const none = ['deployments.apps', 'statefulsets.apps'].map((groupResource) => ({
      ...{ groupResource, path: '/spec/replicas', value: '0' },
    }));
    await scene.begin('later', await modified(scene, 'asleep', none));
    const application = await scene.east.until('a pod of the StatefulSet', async () =>
      (await scene.east.pods()).find(({ metadata }) => metadata?.name === 'broker-0'),
    );
    await scene.east.until('no pods', async () => ((await scene.east.pods()).length === 0 ? true : undefined));
    // Whether the volumes are filled by then is a matter of moments; where not, the restore goes on waiting for them.
    await scene.east.killServer();
    return { imageMeanwhile: application.spec.containers[0].image, podsAfter: 0 };
  },
};

export const part: Row<Scene> = {
  title: 'One of two namespaces is restored',
  source: 'https://velero.io/docs/v1.18/restore-reference/',
  ask: async (scene) => {
    await ready(scene);
    return scene.restore('later', { includedNamespaces: NAMESPACES.slice(0, 1) });
  },
};

const withoutVolumes: Row<Scene> = {
  title: 'A restore without volumes (restorePVs: false)',
  source: 'https://velero.io/docs/v1.18/restore-reference/',
  ask: async (scene) => {
    await ready(scene);
    return scene.restore('later', { restorePVs: false });
  },
};

const killed: Row<Scene> = {
  title: 'The server is killed during a restore',
  source: sourceOf('pkg/cmd/server/server.go'),
  ask: async (scene) => {
    await ready(scene);
    const name = await scene.begin('later');
    await scene.east.until('everything but the volumes to be there', () =>
      scene.east.api.get({ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'cache', namespace: 'shop' }),
    );
    await scene.east.killServer();
    const { status } = await scene.east.ended('Restore', name);
    return { restore: status.phase, because: status.failureReason, podsMade: (await scene.east.pods()).length };
  },
};

export const ahead: Row<Scene>[] = [
  hydrated,
  asleep,
  again('A restore over volumes that have been written to', {}),
  again('The same with the policy to update', { existingResourcePolicy: 'update' }),
  part,
  withoutVolumes,
  killed,
];
