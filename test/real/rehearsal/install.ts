import { setTimeout as pause } from 'node:timers/promises';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { RealApi } from './api.ts';

/** Webhooks are programs that here only seem to run: an API server that asks them would refuse everything. */
const LEFT_OUT = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
/** Kinds that others need, in order. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'StorageClass',
  'PriorityClass',
  'IngressClass',
  'ServiceAccount',
];
const TRIES = 30;

/** What of a platform can be run where other images only seem to run. */
export const fitting = (objects: KubeObject[]): KubeObject[] => objects.filter(({ kind }) => !LEFT_OUT.includes(kind));

/** Puts manifests into a real cluster. */
export async function install(api: RealApi, objects: KubeObject[]): Promise<void> {
  const rank = ({ kind }: KubeObject): number => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);
  for (const object of [...objects].sort((a, b) => rank(a) - rank(b))) await create(api, object);
}

/** What defines a kind, a namespace's account or a quota is there only a moment after it was asked for. */
async function create(api: RealApi, object: KubeObject): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await api.create(await pathOf(api, object), object);
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(500);
    }
  }
}

const known = new WeakMap<RealApi, Map<string, { name: string; namespaced: boolean }>>();

async function pathOf(api: RealApi, { apiVersion, kind, metadata }: KubeObject): Promise<string> {
  const kinds = known.get(api) ?? new Map<string, { name: string; namespaced: boolean }>();
  known.set(api, kinds);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  if (!kinds.has(`${apiVersion}/${kind}`)) {
    const { status, body } = await api.ask({ method: 'GET', path: root });
    if (status === 200)
      for (const { name, kind: found, namespaced } of body.resources)
        if (!name.includes('/')) kinds.set(`${apiVersion}/${found}`, { name, namespaced });
  }
  const resource = kinds.get(`${apiVersion}/${kind}`);
  if (resource === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
  const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${root}${place}/${resource.name}`;
}
