import { setTimeout as pause } from 'node:timers/promises';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { FIRST_KINDS, WEBHOOK_KINDS } from '../../../src/rehearsal/cluster/load.ts';
import type { Platform } from '../../../src/rehearsal/platform.ts';
import type { RealApi } from './api.ts';

const TRIES = 30;

/**
 * What of a platform can be run where most images only seem to run: an API server that asks a webhook which is not there
 * would refuse everything.
 */
export function fitting({ objects, said }: Platform): Pick<Platform, 'objects' | 'said'> {
  const kept = objects.filter(({ kind }) => !WEBHOOK_KINDS.includes(kind));
  const dropped = objects.length - kept.length;
  if (dropped === 0) return { objects, said };
  return {
    objects: kept,
    said: [...said, `${dropped} webhook configurations were left out: no program answers here.`],
  };
}

/** Puts manifests into a real cluster. */
export async function install(api: RealApi, objects: KubeObject[]): Promise<void> {
  const rank = ({ kind }: KubeObject): number =>
    FIRST_KINDS.includes(kind) ? FIRST_KINDS.indexOf(kind) : FIRST_KINDS.length;
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
