import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { claim, configMap, path, pod, podNames, workload } from '../objects.ts';
import type { Place } from '../place.ts';
import { at, type Case, conditions, lasting, refusal, refusalInWords } from '../seen.ts';

const GC = 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/';
const FINALIZERS = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/';
const HELD = { finalizers: ['shop.example/held'] };

const map = (place: Place, name: string): Promise<KubeObject | undefined> =>
  place.api.get({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: place.namespace });
const gone = (place: Place, name: string) =>
  place.until(async () => ((await map(place, name)) === undefined ? 'gone' : undefined));

const ownedBy = (by: KubeObject | undefined, more: object = {}) => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: by?.metadata?.name, uid: by?.metadata?.uid, ...more }],
});

async function family(place: Place, blocking = false): Promise<void> {
  await place.api.create(configMap('owner', place));
  const owner = await map(place, 'owner');
  await place.api.create(
    configMap('owned', place, { ...ownedBy(owner, blocking ? { blockOwnerDeletion: true } : {}) }),
  );
}

export const deleting: Case[] = [
  {
    title: 'what is answered to a deletion',
    source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/',
    ask: async (place) => {
      const maps = path(place, 'v1', 'configmaps');
      await place.api.create(configMap('a', place));
      await place.api.create(configMap('b', place));
      const once = await place.request('DELETE', `${maps}/a`);
      const uid = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
      return [
        once.status,
        lasting({ ...once.body, details: at(once.body.details, 'name', 'kind', 'group') }),
        at((await place.request('DELETE', `${maps}/b`, uid)).body, 'code', 'reason'),
      ];
    },
  },
  {
    title: 'a finalizer holds what is deleted, and nothing can be added to it then',
    source: FINALIZERS,
    ask: async (place) => {
      const one = path(place, 'v1', 'configmaps', 'a');
      await place.api.create(configMap('a', place, HELD));
      const deleted = await place.request('DELETE', one);
      const held = await map(place, 'a');
      const more = await place.request('PATCH', one, {
        metadata: { finalizers: ['shop.example/held', 'shop.example/more'] },
      });
      const again = await place.request('DELETE', one);
      await place.request('PATCH', one, { metadata: { finalizers: null } });
      return [
        deleted.status,
        at(deleted.body, 'kind'),
        typeof held?.metadata?.deletionTimestamp,
        refusal(more),
        again.status,
        await gone(place, 'a'),
      ];
    },
  },
  {
    title: 'in the background, the owned go after the owner',
    source: GC,
    ask: async (place) => {
      await family(place);
      await place.api.delete({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', namespace: place.namespace });
      return [await gone(place, 'owner'), await gone(place, 'owned')];
    },
  },
  {
    title: 'in the foreground, the owner waits for the owned that block',
    source: `${GC}#foreground-deletion`,
    ask: async (place) => {
      await family(place, true);
      await place.request('PATCH', path(place, 'v1', 'configmaps', 'owned'), { metadata: HELD });
      const answer = await place.request('DELETE', path(place, 'v1', 'configmaps', 'owner'), {
        propagationPolicy: 'Foreground',
      });
      const waiting = await place.until(async () =>
        (await map(place, 'owned'))?.metadata?.deletionTimestamp ? map(place, 'owner') : undefined,
      );
      await place.request('PATCH', path(place, 'v1', 'configmaps', 'owned'), { metadata: { finalizers: null } });
      return [answer.status, waiting?.metadata?.finalizers, await gone(place, 'owned'), await gone(place, 'owner')];
    },
  },
  {
    title: 'orphans stay, and name no owner',
    source: `${GC}#orphan-dependents`,
    ask: async (place) => {
      await family(place);
      await place.request('DELETE', path(place, 'v1', 'configmaps', 'owner'), { propagationPolicy: 'Orphan' });
      await gone(place, 'owner');
      return (await map(place, 'owned'))?.metadata?.ownerReferences;
    },
  },
  {
    title: 'what names an owner that is not there goes',
    source: GC,
    ask: async (place) => {
      const absent = { metadata: { name: 'none', uid: '11111111-2222-3333-4444-555555555555' } };
      await place.api.create(configMap('a', place, ownedBy(absent)));
      return gone(place, 'a');
    },
  },
  {
    title: 'a Deployment takes its ReplicaSets and Pods along; without them, they are adopted by the next',
    source: GC,
    ask: async (place) => {
      const deployment = workload('Deployment', 'a', place, { replicas: 2 });
      const two = async () => ((await podNames(place)).length === 2 ? podNames(place) : undefined);
      await place.api.create(deployment);
      const first = await place.until(two);
      await place.request('DELETE', path(place, 'apps/v1', 'deployments', 'a'), { propagationPolicy: 'Orphan' });
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace: place.namespace };
      await place.until(async () => ((await place.api.get(ref)) === undefined ? true : undefined));
      await place.api.create(deployment);
      const sets = () => place.api.list('apps/v1', 'ReplicaSet', { namespace: place.namespace });
      const adopted = await place.until(async () =>
        (await sets())[0]?.metadata?.ownerReferences?.[0] ? sets() : undefined,
      );
      const same = (await podNames(place)).join() === first.join();
      await place.api.delete(ref);
      await place.until(async () => ((await podNames(place)).length === 0 ? true : undefined));
      return [adopted.length, same, (await sets()).length];
    },
  },
  {
    title: 'a namespace is emptied, takes nothing new meanwhile, and waits for finalizers',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    ask: async (place) => {
      await place.api.create(configMap('held', place, HELD));
      await place.api.create(configMap('free', place));
      await place.api.create(pod('free', place));
      const ref = { apiVersion: 'v1', kind: 'Namespace', name: place.namespace };
      await place.api.delete(ref);
      const going = await place.until(async () => {
        const found = await place.api.get(ref);
        return found?.status?.conditions?.some(
          (each: KubeObject) => each.type === 'NamespaceFinalizersRemaining' && each.status === 'True',
        )
          ? found
          : undefined;
      });
      const refused = await place.request('POST', path(place, 'v1', 'configmaps'), configMap('new', place));
      const left = (await place.api.list('v1', 'ConfigMap', { namespace: place.namespace })).map(
        (each) => each.metadata?.name,
      );
      await place.request('PATCH', path(place, 'v1', 'configmaps', 'held'), { metadata: { finalizers: null } });
      await place.until(async () => ((await place.api.get(ref)) === undefined ? true : undefined));
      return [
        at(going, 'status.phase', 'spec.finalizers'),
        conditions(going).filter((each) => each.startsWith('NamespaceFinalizers')),
        refusalInWords(refused),
        left,
      ];
    },
  },
  {
    title: 'a claim in use stays until its pod is gone',
    source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection',
    ask: async (place) => {
      await place.api.create(claim('data', place));
      const user = pod('user', place, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
      await place.api.create(user);
      const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace: place.namespace };
      await place.api.delete(ref);
      // A pod that no node has does not use it.
      return place.until(async () => ((await place.api.get(ref)) === undefined ? 'gone' : undefined));
    },
  },
];
