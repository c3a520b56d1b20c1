import { configMap, path, service, workload } from '../objects.ts';
import { at, type Case, lasting, refusal, refusalInWords } from '../seen.ts';

const API = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';
const SSA = 'https://kubernetes.io/docs/reference/using-api/server-side-apply/';
const MAPS = 'configmaps';

export const writing: Case[] = [
  {
    title: 'refusals of what is not there, is there already, or is older',
    source: API,
    ask: async (place) => {
      const maps = path(place, 'v1', MAPS);
      const one = `${maps}/a`;
      const made = await place.request('POST', maps, configMap('a', place));
      await place.request('PATCH', one, { data: { b: '1' } });
      return [
        made.status,
        refusalInWords(await place.request('GET', `${maps}/none`)),
        refusalInWords(await place.request('DELETE', `${maps}/none`)),
        refusalInWords(await place.request('PATCH', `${maps}/none`, {})),
        refusalInWords(await place.request('PUT', `${maps}/none`, configMap('none', place))),
        refusalInWords(await place.request('POST', maps, configMap('a', place))),
        refusalInWords(await place.request('PUT', one, made.body)),
        refusal(await place.request('GET', '/apis/shop.example/v1/baskets')),
        refusalInWords(await place.request('GET', path(place, 'apps/v1', 'deployments', 'none'))),
      ];
    },
  },
  {
    title: 'a body that is not of the place it is sent to',
    source: API,
    ask: async (place) => {
      const maps = path(place, 'v1', MAPS);
      await place.request('POST', maps, configMap('a', place));
      return [
        refusal(await place.request('POST', maps, { ...configMap('b', place), kind: 'Secret' })),
        refusal(await place.request('POST', maps, configMap('b', { ...place, namespace: 'other' }))),
        refusal(await place.request('PUT', `${maps}/a`, configMap('b', place))),
        (await place.request('PUT', `${maps}/none`, configMap('none', { ...place, namespace: 'other' }))).status,
      ];
    },
  },
  {
    title: 'a namespace that is not there',
    source: API,
    ask: async (place) =>
      refusalInWords(
        await place.request(
          'POST',
          '/api/v1/namespaces/not-there/configmaps',
          configMap('a', { ...place, namespace: 'not-there' }),
        ),
      ),
  },
  {
    title: 'JSON, merge and strategic merge patches',
    source: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/',
    ask: async (place) => {
      await place.request('POST', path(place, 'apps/v1', 'deployments'), workload('Deployment', 'a', place));
      const one = path(place, 'apps/v1', 'deployments', 'a');
      const template = (containers: unknown) => ({ spec: { template: { spec: { containers } } } });
      const names = async () => {
        const { body } = await place.request('GET', one);
        return body.spec.template.spec.containers.map((each: { name: string; image: string }) => [
          each.name,
          each.image,
        ]);
      };
      const side = { name: 'side', image: 'registry/side:1' };
      await place.request('PATCH', one, template([side]), { type: 'strategic' });
      const strategic = await names();
      const removed = [{ op: 'remove', path: '/spec/template/spec/containers/0' }];
      await place.request('PATCH', one, removed, { type: 'json' });
      const json = await names();
      await place.request('PATCH', one, template([{ name: 'x', image: 'registry/x:1' }]), { type: 'merge' });
      const absent = [{ op: 'replace', path: '/spec/nothing/here', value: 1 }];
      const tested = [{ op: 'test', path: '/spec/replicas', value: 7 }];
      return [
        strategic,
        json,
        await names(),
        refusal(await place.request('PATCH', one, absent, { type: 'json' })),
        refusal(await place.request('PATCH', one, tested, { type: 'json' })),
      ];
    },
  },
  {
    title: 'server-side apply refuses what another manager has, and force takes it over',
    source: `${SSA}#conflicts`,
    ask: async (place) => {
      const one = path(place, 'v1', MAPS, 'a');
      const apply = (manager: string, data: object, force = false) =>
        place.request(
          'PATCH',
          `${one}?fieldManager=${manager}${force ? '&force=true' : ''}`,
          { ...configMap('a', place), data },
          { type: 'apply' },
        );
      const managers = (body: {
        metadata: { managedFields: { manager: string; operation: string; fieldsV1: unknown }[] };
      }) =>
        body.metadata.managedFields.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]).sort();
      const made = await apply('one', { a: '1', b: '2' });
      const same = await apply('two', { a: '1' });
      const refused = await apply('two', { a: '3' });
      const shared = managers((await place.request('GET', one)).body);
      const forced = await apply('two', { a: '3' }, true);
      const dropped = await apply('one', { b: '2' });
      return [
        [made.status, same.status, forced.status, dropped.status],
        refusalInWords(refused),
        shared,
        managers(forced.body),
        dropped.body.data,
        refusal(await place.request('PATCH', one, configMap('a', place), { type: 'apply' })),
      ];
    },
  },
  {
    title: 'server-side apply merges lists by their keys',
    source: `${SSA}#merge-strategy`,
    ask: async (place) => {
      const one = path(place, 'v1', 'services', 'a');
      const apply = (manager: string, ports: unknown[]) =>
        place.request('PATCH', `${one}?fieldManager=${manager}`, service('a', place, { ports }), { type: 'apply' });
      await apply('one', [{ name: 'http', port: 80 }]);
      const { body } = await apply('two', [{ name: 'metrics', port: 9090 }]);
      const left = await apply('two', []);
      const ports = (of: typeof body) =>
        of.spec.ports.map(({ name, port }: { name: string; port: number }) => [name, port]);
      return [ports(body), ports(left.body)];
    },
  },
  {
    title: 'a dry run changes nothing',
    source: `${API}#dry-run`,
    ask: async (place) => {
      const maps = path(place, 'v1', MAPS);
      const { status } = await place.request('POST', `${maps}?dryRun=All`, configMap('a', place));
      return [status, (await place.request('GET', `${maps}/a`)).status];
    },
  },
  {
    title: 'a name is made of generateName, and a generation counts changes of the spec',
    source: API,
    ask: async (place) => {
      const { name: _name, ...metadata } = { ...configMap('x', place).metadata, generateName: 'made-' };
      const made = await place.request('POST', path(place, 'v1', MAPS), { ...configMap('x', place), metadata });
      const one = path(place, 'apps/v1', 'deployments', 'a');
      const first = await place.request(
        'POST',
        path(place, 'apps/v1', 'deployments'),
        workload('Deployment', 'a', place, { paused: true }),
      );
      const labelled = await place.request('PATCH', one, { metadata: { labels: { a: 'b' } } });
      const scaled = await place.request('PATCH', one, { spec: { replicas: 3 } });
      const generation = (answer: typeof made) => at(answer.body, 'metadata.generation');
      return [/^made-[a-z0-9]{5}$/.test(made.body.metadata.name), ...[first, labelled, scaled].map(generation)];
    },
  },
  {
    title: 'the scale subresource',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/',
    ask: async (place) => {
      await place.request(
        'POST',
        path(place, 'apps/v1', 'deployments'),
        workload('Deployment', 'a', place, { paused: true }),
      );
      const scale = `${path(place, 'apps/v1', 'deployments', 'a')}/scale`;
      const read = await place.request('GET', scale);
      const patched = await place.request('PATCH', scale, { spec: { replicas: 4 } });
      return [
        lasting(read.body),
        at(patched.body, 'kind', 'spec.replicas'),
        at((await place.request('GET', path(place, 'apps/v1', 'deployments', 'a'))).body, 'spec.replicas'),
        refusal(await place.request('GET', `${path(place, 'apps/v1', 'deployments', 'none')}/scale`)),
        refusal(await place.request('PATCH', scale, { spec: { replicas: -1 } })),
      ];
    },
  },
  {
    title: 'a status is written by its subresource alone',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status',
    ask: async (place) => {
      const deployment = workload('Deployment', 'a', place, { paused: true, replicas: 0 });
      const one = path(place, 'apps/v1', 'deployments', 'a');
      await place.request('POST', path(place, 'apps/v1', 'deployments'), {
        ...deployment,
        status: { collisionCount: 7 },
      });
      const first = await place.request('PATCH', one, { status: { collisionCount: 8 } });
      const second = await place.request('PATCH', `${one}/status`, {
        status: { collisionCount: 9 },
        spec: { replicas: 5 },
      });
      return [at(first.body, 'status.collisionCount'), at(second.body, 'status.collisionCount', 'spec.replicas')];
    },
  },
];
