import { tierNamespaces } from '../../../src/plan/places.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { RealApi } from './api.ts';
import type { RealCluster } from './real-cluster.ts';
import { WRITES } from './volumes.ts';

/** What people keep in a cluster, and where it must be the same; the rest of an object is the cluster's own. */
const KINDS: [path: string, what: (object: KubeObject) => unknown][] = [
  ['/api/v1/configmaps', ({ data, binaryData }) => ({ data, binaryData })],
  ['/api/v1/secrets', ({ data, type }) => ({ data, type })],
  ['/api/v1/serviceaccounts', ({ metadata }) => metadata.name],
  ['/api/v1/services', ({ spec }) => ({ ports: spec.ports?.map(portOf), selector: spec.selector })],
  ['/api/v1/persistentvolumeclaims', ({ spec }) => ({ size: spec.resources, modes: spec.accessModes })],
  ['/apis/apps/v1/deployments', ({ spec }) => podOf(spec)],
  ['/apis/apps/v1/statefulsets', ({ spec }) => podOf(spec)],
  ['/apis/apps/v1/daemonsets', ({ spec }) => podOf(spec)],
  ['/apis/batch/v1/cronjobs', ({ spec }) => spec.schedule],
  ['/apis/rbac.authorization.k8s.io/v1/roles', ({ rules }) => rules],
  ['/apis/rbac.authorization.k8s.io/v1/rolebindings', ({ roleRef, subjects }) => ({ roleRef, subjects })],
  ['/apis/networking.k8s.io/v1/networkpolicies', ({ spec }) => spec],
];

const portOf = ({ name, port, targetPort }: KubeObject) => ({ name, port, targetPort });
/** Images come from the standby's own registry. */
const podOf = ({ replicas, template }: KubeObject) => ({
  replicas,
  containers: template.spec.containers.map(({ name, image }: KubeObject) => ({
    name,
    image: String(image).replace(/^.*\//, ''),
  })),
});

/** By kind, namespace and name, of the plan's namespaces: in a text each, so that two can be compared. */
export type Objects = Map<string, string>;

export async function objectsOf(api: RealApi, plan: Plan): Promise<Objects> {
  const namespaces = protectedNamespaces(plan);
  const objects: Objects = new Map();
  for (const [path, what] of KINDS)
    for (const object of await api.list(path)) {
      const { namespace, name } = object.metadata;
      if (!namespaces.has(namespace) || name === 'kube-root-ca.crt') continue;
      objects.set(`${path.split('/').at(-1)} ${namespace}/${name}`, JSON.stringify(what(object)));
    }
  return objects;
}

const protectedNamespaces = (plan: Plan): Set<string> =>
  new Set(plan.tiers.flatMap(({ name }) => tierNamespaces(plan, name)));

export function compareObjects(before: Objects, after: Objects): string[] {
  return [...before].flatMap(([name, text]) => {
    const here = after.get(name);
    if (here === undefined) return [`${name} did not come back`];
    return here === text ? [] : [`${name} came back otherwise: ${here} for ${text}`];
  });
}

/**
 * Byte for byte, but that a file which grows was caught at some moment: what came back is how it began, and it holds all
 * that was written before the recovery point's moment.
 * @param momentOf of a namespace's recovery point, in milliseconds since 1970
 */
export function compareVolumes(
  primary: RealCluster,
  standby: RealCluster,
  momentOf: (namespace: string) => number | undefined,
): { equal: number; problems: string[] } {
  const [before, after] = [volumesOf(primary), volumesOf(standby)];
  const problems: string[] = [];
  let equal = 0;
  for (const [claim, files] of before) {
    const moment = momentOf(claim.split('/')[0] ?? '');
    if (moment === undefined || files.size === 0) continue;
    const here = after.get(claim);
    const problem = here === undefined ? 'did not come back' : differing(files, here, moment);
    if (problem === undefined) equal++;
    else problems.push(`volume ${claim} ${problem}`);
  }
  return { equal, problems };
}

type Files = Map<string, Buffer>;

const volumesOf = ({ store, volumes }: RealCluster): Map<string, Files> =>
  new Map(
    store
      .list('persistentvolumeclaims')
      .filter(({ spec }) => spec.volumeName && volumes.has(spec.volumeName))
      .map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, volumes.files(spec.volumeName)]),
  );

function differing(before: Files, after: Files, moment: number): string | undefined {
  for (const [path, bytes] of before) {
    const here = after.get(path);
    if (here === undefined) return `came back without ${path}`;
    if (path !== WRITES) {
      if (!here.equals(bytes)) return `came back with another ${path}`;
      continue;
    }
    if (!bytes.subarray(0, here.length).equals(here)) return `came back with another ${path}`;
    const missing = bytes.subarray(here.length).toString('utf8').split('\n').filter(Boolean).map(Number);
    if (missing.some((at) => at < moment)) return `came back without writes from before its recovery point`;
  }
  return undefined;
}
