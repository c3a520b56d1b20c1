import { configMap, path } from '../objects.ts';
import { NOBODY, type Place } from '../place.ts';
import { at, type Case, refusalInWords } from '../seen.ts';

const RBAC = 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/';
const GROUP = 'rbac.authorization.k8s.io';

async function grant(place: Place, rules: object[]): Promise<void> {
  const metadata = { name: 'a', namespace: place.namespace };
  const apiVersion = `${GROUP}/v1`;
  await place.api.create({ apiVersion, kind: 'Role', metadata, rules });
  const subjects = [{ apiGroup: GROUP, kind: 'User', name: NOBODY }];
  await place.api.create({
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: GROUP, kind: 'Role', name: 'a' },
    subjects,
  });
}

const as = { as: NOBODY };

async function may(place: Place, resourceAttributes: object): Promise<unknown> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const answer = await place.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, as);
  return [answer.status, at(answer.body, 'kind', 'status.allowed')];
}

export const access: Case[] = [
  {
    title: 'one who may do nothing is told so, of objects, lists and the whole cluster',
    source: RBAC,
    ask: async (place) => {
      const deployments = path(place, 'apps/v1', 'deployments');
      return [
        refusalInWords(await place.request('GET', `${path(place, 'v1', 'secrets')}/a`, undefined, as)),
        refusalInWords(await place.request('GET', deployments, undefined, as)),
        refusalInWords(await place.request('POST', path(place, 'v1', 'configmaps'), configMap('a', place), as)),
        refusalInWords(await place.request('PATCH', `${deployments}/a`, {}, as)),
        refusalInWords(await place.request('DELETE', `${deployments}/a`, undefined, as)),
        refusalInWords(await place.request('DELETE', deployments, undefined, as)),
        refusalInWords(await place.request('GET', '/api/v1/nodes', undefined, as)),
        refusalInWords(await place.request('GET', `${deployments}/a/scale`, undefined, as)),
        (await place.request('GET', '/apis', undefined, as)).status,
        (await place.request('GET', '/readyz', undefined, as)).status,
      ];
    },
  },
  {
    title: 'a role grants verbs on resources and names',
    source: RBAC,
    ask: async (place) => {
      await grant(place, [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create'] },
        { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
      ]);
      const maps = path(place, 'v1', 'configmaps');
      const secrets = path(place, 'v1', 'secrets');
      const statuses = async (...asked: [method: string, path: string, body?: unknown][]) => {
        const found = [];
        for (const [method, where, body] of asked)
          found.push(`${method} ${where} ${(await place.request(method, where, body, as)).status}`);
        return found;
      };
      await place.until(async () =>
        (await place.request('GET', `${maps}/none`, undefined, as)).status === 404 ? true : undefined,
      );
      return statuses(
        ['POST', maps, configMap('a', place)],
        ['GET', `${maps}/a`],
        ['GET', maps],
        ['PATCH', `${maps}/a`, {}],
        ['GET', `${secrets}/one`],
        ['GET', `${secrets}/two`],
        ['GET', secrets],
        ['GET', `${path(place, 'apps/v1', 'deployments')}/a/scale`],
        ['GET', `${path(place, 'apps/v1', 'deployments')}/a`],
      );
    },
  },
  {
    title: 'one may ask what one may do',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access',
    ask: async (place) => {
      await grant(place, [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]);
      const { namespace } = place;
      const about = { group: 'apps', resource: 'deployments', namespace };
      await place.until(async () =>
        JSON.stringify(await may(place, { ...about, verb: 'get' })).includes('true') ? true : undefined,
      );
      return [
        await may(place, { ...about, verb: 'get' }),
        await may(place, { ...about, verb: 'get', name: 'one' }),
        await may(place, { ...about, verb: 'list' }),
        await may(place, { ...about, verb: 'get', namespace: 'other' }),
        await may(place, { ...about, verb: 'get', subresource: 'scale' }),
        await may(place, { ...about, verb: '*' }),
        await may(place, { verb: 'get', resource: 'nodes' }),
      ];
    },
  },
  {
    title: 'the edit role edits workloads and leaves roles alone',
    source: `${RBAC}#user-facing-roles`,
    ask: async (place) => {
      const { namespace } = place;
      const subjects = [{ apiGroup: GROUP, kind: 'User', name: NOBODY }];
      const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: 'edit' };
      await place.api.create({
        apiVersion: `${GROUP}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'e', namespace },
        roleRef,
        subjects,
      });
      const asked: [string, string, string][] = [
        ['create', 'apps', 'deployments'],
        ['delete', '', 'pods'],
        ['get', '', 'secrets'],
        ['update', 'batch', 'cronjobs'],
        ['create', '', 'services'],
        ['create', '', 'persistentvolumeclaims'],
        ['create', GROUP, 'roles'],
        ['get', GROUP, 'roles'],
        ['create', 'networking.k8s.io', 'ingresses'],
        ['list', 'policy', 'poddisruptionbudgets'],
        ['update', '', 'resourcequotas'],
      ];
      await place.until(async () =>
        JSON.stringify(await may(place, { verb: 'delete', resource: 'pods', namespace })).includes('true')
          ? true
          : undefined,
      );
      const found = [];
      for (const [verb, group, resource] of asked)
        found.push([verb, group, resource, await may(place, { verb, group, resource, namespace })]);
      return found;
    },
  },
];
