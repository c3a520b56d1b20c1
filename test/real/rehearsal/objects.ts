import { tierNamespaces } from '../../../src/plan/places.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { RealApi } from './api.ts';

/** What a cluster makes by itself, out of other objects or of what happens in it. */
const DERIVED = ['pods', 'replicasets', 'controllerrevisions', 'endpoints', 'endpointslices', 'events', 'leases'];
/** Clients come in by the entry points that stand ready: an Ingress never comes back as such. */
const TRANSLATED = ['/apis/networking.k8s.io/v1/ingresses', '/apis/eks.amazonaws.com/v1/targetgroupbindings'];
const TRUST = 'kube-root-ca.crt';

/** What a cluster gives to an object, or the standby has of its own: addresses, classes and names of disks. */
const OWN_FIELDS = new Set([
  ...['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort', 'volumeName', 'storageClassName'],
  ...['controller-uid', 'batch.kubernetes.io/controller-uid'],
]);
/** By which Velero finds the volume that it has filled: https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/restore/actions/csi/pvc_action.go */
const FOUND_BY = 'velero.io/dynamic-pv-restore';
/** What only a load balancer's Service has: it comes back as a plain one. */
const LOAD_BALANCER_FIELDS = [
  ...['type', 'loadBalancerClass', 'loadBalancerSourceRanges', 'externalTrafficPolicy'],
  'allocateLoadBalancerNodePorts',
];

/** By kind, namespace and name: what people have written into each, in a text, so that two can be compared. */
export type Objects = Map<string, string>;

/**
 * Every object of every kind in the plan's namespaces. The platform changes nothing of itself while a rehearsal lasts, so
 * what is there at its beginning is what was there at each recovery point's moment.
 */
export async function objectsOf(api: RealApi, plan: Plan): Promise<Objects> {
  const namespaces = new Set(plan.tiers.flatMap(({ name }) => tierNamespaces(plan, name)));
  const objects: Objects = new Map();
  for (const { path, name: kind } of await kindsOf(api))
    for (const object of await api.list(path)) {
      const { namespace, name } = object.metadata;
      if (namespaces.has(namespace) && comesBack(object))
        objects.set(`${kind} ${namespace}/${name}`, essence(kind, object, plan));
    }
  return objects;
}

/**
 * What another object makes is made again by that one. A job that is done is not done again:
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/restore/restore.go (isCompleted)
 */
function comesBack({ metadata, status }: KubeObject): boolean {
  const isMade = metadata.ownerReferences?.some((owner: KubeObject) => owner.controller === true);
  return metadata.name !== TRUST && !isMade && status?.completionTime === undefined;
}

type Kind = { path: string; name: string };

/** Those that are in namespaces and can be listed, in the version that the server prefers. */
async function kindsOf(api: RealApi): Promise<Kind[]> {
  const { body: groups } = await api.ask({ method: 'GET', path: '/apis' });
  const roots = [
    '/api/v1',
    ...groups.groups.map((group: KubeObject) => `/apis/${group.preferredVersion.groupVersion}`),
  ];
  const found = await Promise.all(
    roots.map(async (root) => {
      const { body } = await api.ask({ method: 'GET', path: root });
      const listed = body.resources.filter(
        ({ name, namespaced, verbs }: KubeObject) => namespaced && verbs.includes('list') && !DERIVED.includes(name),
      );
      const group = root.split('/').slice(2, -1);
      return listed.map(({ name }: KubeObject) => ({ path: `${root}/${name}`, name: [name, ...group].join('.') }));
    }),
  );
  return found.flat().filter(({ path }) => !TRANSLATED.includes(path));
}

function essence(kind: string, { metadata, status: _, ...object }: KubeObject, { sites }: Plan): string {
  const own = Object.entries(metadata.labels ?? {}).filter(([name]) => !name.startsWith('velero.io/'));
  const spec = specOf(kind, object.spec);
  const text = JSON.stringify({ ...object, spec, labels: Object.fromEntries(own) }, (name, value) =>
    OWN_FIELDS.has(name) ? undefined : value,
  );
  // Each site's images come from its own registry.
  return text.replaceAll(`.dkr.ecr.${sites.primary.region}.`, `.dkr.ecr.${sites.standby.region}.`);
}

function specOf(kind: string, spec: KubeObject): KubeObject {
  if (kind === 'services') return withoutLoadBalancer(spec);
  if (kind !== 'persistentvolumeclaims' || spec.selector?.matchLabels?.[FOUND_BY] === undefined) return spec;
  const { selector, ...others } = spec;
  const { [FOUND_BY]: _, ...matchLabels } = selector.matchLabels;
  return Object.keys(matchLabels).length === 0 ? others : { ...others, selector: { ...selector, matchLabels } };
}

const withoutLoadBalancer = (spec: KubeObject): KubeObject =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => !LOAD_BALANCER_FIELDS.includes(name)));

export function compareObjects(before: Objects, after: Objects): string[] {
  return [...before].flatMap(([name, text]) => {
    const here = after.get(name);
    if (here === undefined) return [`${name} did not come back`];
    return here === text ? [] : [`${name} came back otherwise: ${here} for ${text}`];
  });
}
