import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { type Api, Refused } from './api.ts';

type Files = Record<string, Buffer>;

/**
 * The files of a volume that is made of objects. They are not made anew when the objects change, nor is the token, which
 * the API server lets live for a year. https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export async function filesOf(api: Api, pod: KubeObject, volume: KubeObject): Promise<Files> {
  if (volume.secret !== undefined)
    return keysOf(api, pod, 'secrets', { name: volume.secret.secretName, ...volume.secret });
  if (volume.configMap !== undefined) return keysOf(api, pod, 'configmaps', volume.configMap);
  if (volume.downwardAPI !== undefined) return fieldsOf(pod, volume.downwardAPI);
  if (volume.projected === undefined) throw new Error(`the kind of volume ${volume.name} is not simulated`);
  const parts = await Promise.all(volume.projected.sources.map((source: KubeObject) => partOf(api, pod, source)));
  return Object.assign({}, ...parts);
}

async function partOf(api: Api, pod: KubeObject, source: KubeObject): Promise<Files> {
  if (source.secret !== undefined) return keysOf(api, pod, 'secrets', source.secret as Wanted);
  if (source.configMap !== undefined) return keysOf(api, pod, 'configmaps', source.configMap);
  if (source.downwardAPI !== undefined) return fieldsOf(pod, source.downwardAPI);
  const { path, audience, expirationSeconds } = source.serviceAccountToken;
  const { namespace, name, uid } = pod.metadata ?? {};
  const account = pod.spec.serviceAccountName ?? 'default';
  const { status } = await api.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      ...(audience !== undefined && { audiences: [audience] }),
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  });
  return { [path]: Buffer.from(status.token) };
}

type Wanted = { name: string; items?: { key: string; path: string }[]; optional?: boolean };

async function keysOf(api: Api, pod: KubeObject, resource: string, { name, items, optional }: Wanted): Promise<Files> {
  const found = await contentOf(api, pod, resource, name);
  if (found === undefined && optional !== true) throw new Error(`there is no ${name} in ${resource}`);
  const all = found ?? {};
  if (items === undefined) return all;
  return Object.fromEntries(items.flatMap(({ key, path }) => (all[key] === undefined ? [] : [[path, all[key]]])));
}

/** What a secret or a config map holds. Undefined when there is none. */
export async function contentOf(
  api: Api,
  { metadata }: KubeObject,
  resource: string,
  name: string,
): Promise<Files | undefined> {
  try {
    const { data, binaryData } = await api.get(`/api/v1/namespaces/${metadata?.namespace}/${resource}/${name}`);
    const decode = (values: Record<string, string> = {}, encoding: BufferEncoding) =>
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value, encoding)]);
    const texts = decode(data, resource === 'secrets' ? 'base64' : 'utf8');
    return Object.fromEntries([...texts, ...decode(binaryData, 'base64')]);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

const fieldsOf = (pod: KubeObject, { items = [] }: KubeObject): Files =>
  Object.fromEntries(
    items.map(({ path, fieldRef }: KubeObject) => [path, Buffer.from(fieldOf(pod, fieldRef?.fieldPath))]),
  );

/** https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields */
export function fieldOf(pod: KubeObject, path: string | undefined): string {
  const [, list, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path ?? '') ?? [];
  if (list !== undefined && key !== undefined) return pod.metadata?.[list as 'labels' | 'annotations']?.[key] ?? '';
  const read = (found: KubeObject | undefined, field: string) => found?.[field];
  const value: unknown = path?.split('.').reduce(read, pod);
  if (typeof value !== 'string') throw new Error(`the field ${path} of a pod is not simulated`);
  return value;
}
