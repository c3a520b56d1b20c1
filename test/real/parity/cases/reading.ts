import { configMap, path, pod } from '../objects.ts';
import type { Answer, Place } from '../place.ts';
import { at, type Case, refusal } from '../seen.ts';

const API = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';
const names = ({ body }: Answer): string[] =>
  body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);

async function maps(place: Place, ...labels: Record<string, string>[]): Promise<string> {
  for (const [index, some] of labels.entries()) await place.api.create(configMap(`m${index}`, place, { labels: some }));
  return path(place, 'v1', 'configmaps');
}

export const reading: Case[] = [
  {
    title: 'label selectors',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/',
    ask: async (place) => {
      const all = await maps(place, { a: '1' }, { a: '2', b: 'x' }, { b: 'y' }, {});
      const asked = ['a=1', 'a==2', 'a!=1', 'a', '!a', 'a in (1, 2)', 'a notin (1)', 'a,b', 'b=x,a=2', 'b='];
      const found = [];
      for (const selector of asked) {
        const answer = await place.request('GET', `${all}?labelSelector=${encodeURIComponent(selector)}`);
        found.push([selector, names(answer).filter((name) => name.startsWith('m'))]);
      }
      return [found, refusal(await place.request('GET', `${all}?labelSelector=${encodeURIComponent('a in')}`))];
    },
  },
  {
    title: 'field selectors',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/',
    ask: async (place) => {
      for (const name of ['a', 'b']) await place.api.create(pod(name, place));
      const pods = path(place, 'v1', 'pods');
      const ask = (selector: string) => place.request('GET', `${pods}?fieldSelector=${encodeURIComponent(selector)}`);
      return [
        names(await ask('metadata.name=a')),
        names(await ask('metadata.name!=a,status.phase=Pending')),
        names(await ask('spec.nodeName=')),
        names(await ask('status.phase=Running')),
        refusal(await ask('spec.colour=red')),
        refusal(await place.request('GET', `${path(place, 'v1', 'configmaps')}?fieldSelector=data.x%3D1`)),
      ];
    },
  },
  {
    title: 'pages',
    source: `${API}#retrieving-large-results-sets-in-chunks`,
    ask: async (place) => {
      const all = await maps(place, {}, {}, {}, {}, {});
      const first = await place.request('GET', `${all}?limit=2`);
      const second = await place.request(
        'GET',
        `${all}?limit=2&continue=${encodeURIComponent(first.body.metadata.continue)}`,
      );
      const third = await place.request(
        'GET',
        `${all}?limit=9&continue=${encodeURIComponent(second.body.metadata.continue)}`,
      );
      const pages = [first, second, third].map((page) => [
        names(page),
        page.body.metadata.remainingItemCount,
        Boolean(page.body.metadata.continue),
      ]);
      return [
        pages,
        at(first.body, 'kind', 'apiVersion', 'items.0.kind', 'items.0.apiVersion'),
        refusal(await place.request('GET', `${all}?limit=2&continue=nonsense`)),
        names(await place.request('GET', `${all}?limit=0`)),
      ];
    },
  },
  {
    title: 'a list of nothing, of a namespace that is not there',
    source: API,
    ask: async (place) => {
      const { status, body } = await place.request('GET', '/api/v1/namespaces/not-there/configmaps');
      const empty = await place.request('GET', path(place, 'apps/v1', 'deployments'));
      return [
        status,
        body.items,
        at(empty.body, 'kind', 'apiVersion', 'items', 'metadata.continue', 'metadata.remainingItemCount'),
      ];
    },
  },
  {
    title: 'discovery of groups, and of resources with their subresources',
    source: 'https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api',
    ask: async (place) => {
      const groups = await place.request('GET', '/apis');
      const told = (groups.body.groups as { name: string; preferredVersion: { version: string } }[])
        .filter(({ name }) => ['apps', 'batch', 'policy', 'autoscaling', 'storage.k8s.io'].includes(name))
        .map(({ name, preferredVersion }) => `${name}/${preferredVersion.version}`);
      const apps = await place.request('GET', '/apis/apps/v1');
      const resources = (apps.body.resources as { name: string; kind: string; namespaced: boolean; verbs: string[] }[])
        .map(({ name, kind, namespaced, verbs }) => [name, kind, namespaced, [...verbs].sort()].join(' '))
        .sort();
      return [
        told.sort(),
        resources,
        refusal(await place.request('GET', '/apis/none.example')),
        refusal(await place.request('GET', '/apis/apps/v9')),
      ];
    },
  },
];
