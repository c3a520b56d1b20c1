import type { KubeObject } from '../../host.ts';
import { splitApiVersion } from '../../resources.ts';
import type { Content } from '../object-store.ts';

/** One object of a backup, as it was. `resource` as Velero's tarball has it: `deployments.apps`. */
export type ArchivedItem = { resource: string; namespace: string; name: string; object: KubeObject };

/** What a backup's tarball holds. */
export type Archive = { items: ArchivedItem[] };

/** A typical object in a tarball: each is there twice, under its resource and under its version, and compresses well. */
const BYTES_PER_ITEM = 700;

export const itemOf = (resource: string, object: KubeObject): ArchivedItem => ({
  resource,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  object,
});

/** The objects themselves travel as they are; the bytes tell them apart, so that another content has another digest. */
export function tarball(archive: Archive): Content {
  const lines = (): string =>
    archive.items
      .map(({ resource, namespace, name, object }) => {
        const path = namespace === '' ? 'cluster' : `namespaces/${namespace}`;
        return `resources/${resource}/${path}/${name}.json ${object.metadata.resourceVersion ?? ''}`;
      })
      .join('\n');
  return { body: () => Buffer.from(lines()), size: 200 + archive.items.length * BYTES_PER_ITEM, payload: archive };
}

/** `-resource-list.json.gz`: `apps/v1/Deployment` → namespaces and names, sorted. */
export function resourceList(
  items: { namespace: string; name: string; object: KubeObject }[],
): Record<string, string[]> {
  const list: Record<string, string[]> = {};
  for (const { namespace, name, object } of items) {
    const key = gvkKey(object);
    list[key] ??= [];
    list[key].push(namespace === '' ? name : `${namespace}/${name}`);
  }
  return Object.fromEntries(
    Object.keys(list)
      .sort()
      .map((key) => [key, (list[key] ?? []).sort()]),
  );
}

/** `v1/Pod`, `apps/v1/Deployment`. */
export function gvkKey({ apiVersion, kind }: KubeObject): string {
  const [group, version] = splitApiVersion(apiVersion);
  return group === '' ? `${version}/${kind}` : `${group}/${version}/${kind}`;
}
