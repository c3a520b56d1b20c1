import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { pod } from '../objects.ts';
import type { Place } from '../place.ts';
import { at, type Case, conditions, lasting, refusal } from '../seen.ts';

const CRD = 'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/';
const PRIORITY = 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/';
const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
        code: { type: 'string', pattern: '^[a-z]+$' },
        parts: { type: 'array', maxItems: 2, items: { type: 'object', properties: { name: { type: 'string' } } } },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { phase: { type: 'string' } } },
  },
};

const groupOf = ({ namespace }: Place): string => `${namespace}.example`;

function definition(place: Place, more: object = {}): KubeObject {
  const group = groupOf(place);
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
    subresources: { status: {} },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `baskets.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural: 'baskets', kind: 'Basket' }, versions: [version], ...more },
  };
}

const basket = (name: string, place: Place, spec: object, more: object = {}): KubeObject => ({
  apiVersion: `${groupOf(place)}/v1`,
  kind: 'Basket',
  metadata: { name, namespace: place.namespace },
  spec,
  ...more,
});

const baskets = (place: Place): string => `/apis/${groupOf(place)}/v1/namespaces/${place.namespace}/baskets`;

/** Served, and discovered: the two come a moment after each other. */
async function define(place: Place): Promise<KubeObject> {
  const group = groupOf(place);
  await place.request('POST', PATH, definition(place));
  await place.until(async () => ((await place.request('GET', baskets(place))).status === 200 ? true : undefined));
  await place.until(async () => ((await place.request('GET', `/apis/${group}/v1`)).status === 200 ? true : undefined));
  return (await place.request('GET', `${PATH}/baskets.${group}`)).body;
}

export const definitions: Case[] = [
  {
    title: 'a definition is accepted, established and discovered',
    source: CRD,
    ask: async (place) => {
      const made = await define(place);
      const { body } = await place.request('GET', `/apis/${groupOf(place)}/v1`);
      const resources = body.resources.map(({ name, kind, namespaced }: KubeObject) => [name, kind, namespaced]);
      return [
        conditions(made),
        at(made, 'spec.names', 'status.acceptedNames', 'status.storedVersions'),
        resources.sort(),
      ];
    },
  },
  {
    title: 'what the schema does not know is pruned, defaults are filled in, preserved parts stay',
    source: `${CRD}#field-pruning`,
    ask: async (place) => {
      await define(place);
      const spec = { size: 3, unknown: 'x', parts: [{ name: 'a', other: 1 }], open: { any: { thing: 1 } } };
      const answer = await place.request('POST', baskets(place), { ...basket('a', place, spec), extra: 1 });
      return [answer.status, lasting(answer.body)];
    },
  },
  {
    title: 'what the schema forbids is refused',
    source: `${CRD}#validation`,
    ask: async (place) => {
      await define(place);
      const specs = [
        {},
        { size: 'three' },
        { size: 11 },
        { size: 0 },
        { size: 1, colour: 'green' },
        { size: 1, code: 'A1' },
        { size: 1, parts: [{}, {}, {}] },
      ];
      const refused = [];
      for (const spec of specs)
        refused.push(refusal(await place.request('POST', baskets(place), basket('a', place, spec))));
      await place.request('POST', baskets(place), basket('a', place, { size: 1 }));
      refused.push(refusal(await place.request('PATCH', `${baskets(place)}/a`, { spec: { size: null } })));
      refused.push(refusal(await place.request('PATCH', `${baskets(place)}/a`, { spec: {} }, { type: 'strategic' })));
      return refused;
    },
  },
  {
    title: 'the status is a subresource of its own, and counts no generation',
    source: `${CRD}#status-subresource`,
    ask: async (place) => {
      await define(place);
      const one = `${baskets(place)}/a`;
      const made = await place.request(
        'POST',
        baskets(place),
        basket('a', place, { size: 1 }, { status: { phase: 'early' } }),
      );
      const ignored = await place.request('PATCH', one, { status: { phase: 'ignored' } });
      const told = await place.request('PATCH', `${one}/status`, { status: { phase: 'told' }, spec: { size: 9 } });
      const grown = await place.request('PATCH', one, { spec: { size: 2 } });
      return [made, ignored, told, grown].map(({ body }) => at(body, 'spec.size', 'status', 'metadata.generation'));
    },
  },
  {
    title: 'applied server-side, twice',
    source: 'https://kubernetes.io/docs/reference/using-api/server-side-apply/',
    ask: async (place) => {
      await define(place);
      await place.api.apply(basket('a', place, { size: 1, code: 'a' }));
      return lasting(await place.api.apply(basket('a', place, { size: 2 })));
    },
  },
  {
    title: 'with the definition go its objects',
    source: `${CRD}#delete-a-customresourcedefinition`,
    ask: async (place) => {
      await define(place);
      await place.request('POST', baskets(place), basket('a', place, { size: 1 }));
      await place.request('DELETE', `${PATH}/baskets.${groupOf(place)}`);
      await place.until(async () =>
        (await place.request('GET', `${PATH}/baskets.${groupOf(place)}`)).status === 404 ? true : undefined,
      );
      await place.until(async () =>
        (await place.request('GET', `${baskets(place)}/a`)).status === 404 ? true : undefined,
      );
      return refusal(await place.request('GET', `${baskets(place)}/a`));
    },
  },
  {
    title: 'a definition that is not valid',
    source: CRD,
    ask: async (place) => {
      const named = definition(place);
      named.metadata = { name: 'odd.example' };
      const [version] = definition(place).spec.versions;
      return [
        refusal(await place.request('POST', PATH, named)),
        refusal(await place.request('POST', PATH, definition(place, { versions: [{ ...version, storage: false }] }))),
        refusal(
          await place.request(
            'POST',
            PATH,
            definition(place, { versions: [{ name: 'v1', served: true, storage: true }] }),
          ),
        ),
        refusal(await place.request('POST', PATH, definition(place, { scope: 'Galactic' }))),
      ];
    },
  },
  {
    title: 'a priority class gives pods their priority; its value may not change',
    source: PRIORITY,
    ask: async (place) => {
      const metadata = { name: `high-${place.namespace}` };
      const high = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value: 1000 };
      const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
      const made = await place.request('POST', classes, high);
      const urgent = pod('urgent', place, { priorityClassName: metadata.name });
      const pods = `/api/v1/namespaces/${place.namespace}/pods`;
      const prioritized = await place.until(async () => {
        const answer = await place.request('POST', pods, urgent);
        return answer.status === 201 ? answer : undefined;
      });
      const usual = await place.request('POST', pods, pod('usual', place));
      const refused = [
        refusal(await place.request('PATCH', `${classes}/${metadata.name}`, { value: 5 })),
        refusal(
          await place.request('POST', classes, {
            ...high,
            metadata: { name: `huge-${place.namespace}` },
            value: 2_000_000_000,
          }),
        ),
        refusal(await place.request('POST', classes, { ...high, metadata: { name: 'system-mine' } })),
      ];
      await place.request('DELETE', `${classes}/${metadata.name}`);
      const fields = ['spec.priority', 'spec.preemptionPolicy'];
      return [
        at(made.body, 'value', 'preemptionPolicy'),
        at(prioritized.body, ...fields),
        at(usual.body, ...fields),
        refused,
      ];
    },
  },
];
