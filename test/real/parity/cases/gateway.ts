import type { ClusterApi, KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { configMap, path } from '../objects.ts';
import type { Place } from '../place.ts';
import { at, type Case, lasting } from '../seen.ts';

const API = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';
const ref = (place: Place, name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: place.namespace });
const UNKNOWN = { apiVersion: 'shop.example/v1', kind: 'Basket', name: 'a' };

const nameOfError = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: Error & { code?: number }) => `${error.name} ${error.code ?? ''}`,
  );

const GROUPS = ['v1', 'apps/', 'batch/', 'networking', 'storage', 'rbac', 'policy', 'autoscaling', 'scheduling'];

async function kindsOfPlatforms(api: ClusterApi): Promise<string[]> {
  const told = (await api.kinds()).filter((kind) => GROUPS.some((group) => kind.apiVersion.startsWith(group)));
  return told.map((kind) => Object.values(kind).join(' ')).sort();
}

/** What the product's own gateway is answered, by its methods. */
export const gateway: Record<string, Case[]> = {
  ready: [
    {
      title: 'is true',
      source: 'https://kubernetes.io/docs/reference/using-api/health-checks/',
      ask: ({ api }) => api.ready(),
    },
  ],
  create: [
    {
      title: 'answers whether it is new',
      source: API,
      ask: async (place) => {
        const one = configMap('a', place);
        return [await place.api.create(one), await place.api.create(one)];
      },
    },
    {
      title: 'throws for what is not valid, and for a namespace that is not there',
      source: API,
      ask: async (place) => [
        await nameOfError(place.api.create(configMap('Not Valid', place))),
        await nameOfError(place.api.create(configMap('a', { ...place, namespace: 'not-there' }))),
      ],
    },
  ],
  get: [
    {
      title: 'answers the object, or nothing for an unknown name, namespace or kind',
      source: API,
      ask: async (place) => {
        await place.api.create(configMap('a', place, { labels: { app: 'a' } }));
        const found = [
          await place.api.get(ref(place, 'a')),
          await place.api.get(ref(place, 'b')),
          await place.api.get({ ...ref(place, 'a'), namespace: 'not-there' }),
          await place.api.get(UNKNOWN),
        ];
        return lasting(found);
      },
    },
  ],
  list: [
    {
      title: 'answers by namespace and label, in the order of names, over pages',
      source: API,
      ask: async (place) => {
        for (const name of ['b', 'c', 'a']) await place.api.create(configMap(name, place, { labels: { one: name } }));
        const names = (found: KubeObject[]) => found.map(({ metadata }) => metadata?.name);
        const { namespace } = place;
        return [
          names(await place.api.list('v1', 'ConfigMap', { namespace })),
          names(await place.api.list('v1', 'ConfigMap', { namespace, labels: 'one in (a,c)' })),
          await place.api.list(UNKNOWN.apiVersion, UNKNOWN.kind),
        ];
      },
    },
  ],
  apply: [
    {
      title: 'creates, then changes what is given and drops what is given no more',
      source: 'https://kubernetes.io/docs/reference/using-api/server-side-apply/',
      ask: async (place) => {
        const one = configMap('a', place);
        const first = await place.api.apply({ ...one, data: { a: '1', b: '2' } });
        await place.request('PATCH', path(place, 'v1', 'configmaps', 'a'), { data: { c: '3' } });
        const second = await place.api.apply({ ...one, data: { b: '4' } });
        return [first, second].map((object) => lasting(object));
      },
    },
    {
      title: 'takes a field over from whoever has it',
      source: 'https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts',
      ask: async (place) => {
        await place.request('POST', path(place, 'v1', 'configmaps'), configMap('a', place));
        const applied = await place.api.apply({ ...configMap('a', place), data: { greeting: 'good-bye' } });
        return at(applied, 'data.greeting');
      },
    },
  ],
  merge: [
    {
      title: 'changes, takes away what is null, and answers whether there was one',
      source: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/',
      ask: async (place) => {
        await place.api.create(configMap('a', place, { annotations: { keep: 'yes' } }));
        const patch = { data: { greeting: null, other: 'there' } };
        const answers = [await place.api.merge(ref(place, 'a'), patch), await place.api.merge(ref(place, 'b'), patch)];
        return [answers, lasting(await place.api.get(ref(place, 'a')))];
      },
    },
  ],
  delete: [
    {
      title: 'takes away, and is content when there is none',
      source: API,
      ask: async (place) => {
        await place.api.create(configMap('a', place));
        await place.api.delete(ref(place, 'a'));
        await place.api.delete(ref(place, 'a'));
        return place.api.get(ref(place, 'a'));
      },
    },
  ],
  kinds: [
    {
      title: 'knows the kinds of the groups that a platform is made of, with their plurals',
      source: 'https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api',
      ask: async ({ api }) => (await kindsOfPlatforms(api)).filter((told) => !told.includes('ComponentStatus')),
    },
    {
      title: 'knows the deprecated ones, too',
      source: 'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/component-status-v1/',
      ask: ({ api }) => kindsOfPlatforms(api),
      differs: 'component-statuses',
    },
  ],
};
