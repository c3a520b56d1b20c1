import type { KubeObject } from '../../host.ts';
import { splitApiVersion } from '../../resources.ts';
import type { Content } from '../object-store.ts';
import { tarFile, tarGzip } from './tar.ts';

/** One object of a backup, as it was. `resource` as Velero's tarball has it: `deployments.apps`. */
export type ArchivedItem = { resource: string; namespace: string; name: string; object: KubeObject };

/** What a backup's tarball holds. */
export type Archive = { items: ArchivedItem[] };

export const isArchive = (payload: unknown): payload is Archive =>
  typeof payload === 'object' && payload !== null && 'items' in payload;

export const itemOf = (resource: string, object: KubeObject): ArchivedItem => ({
  resource,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  object,
});

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/backup/backup.go: the format's version comes first. */
const FORMAT = tarFile('metadata/version', Buffer.from('1.1.0\n'));

/** Stored objects are never changed in place, and most are in many backups as they are. */
const archived = new WeakMap<KubeObject, Buffer>();

/**
 * The objects themselves travel as they are; the bytes, which hold the same, are made whenever somebody reads them, and
 * are not kept.
 */
export function tarball(archive: Archive): Content {
  return { body: () => tarGzip([FORMAT, ...archive.items.map(filesOf)]), payload: archive };
}

/** Each object is there twice: by its resource, and by the version that was read. */
function filesOf({ resource, namespace, name, object }: ArchivedItem): Buffer {
  const known = archived.get(object);
  if (known !== undefined) return known;
  const place = `${namespace === '' ? 'cluster' : `namespaces/${namespace}`}/${name}.json`;
  const [, version] = splitApiVersion(object.apiVersion);
  const body = Buffer.from(JSON.stringify(object));
  const made = Buffer.concat([
    tarFile(`resources/${resource}/${place}`, body),
    tarFile(`resources/${resource}/${version}-preferredversion/${place}`, body),
  ]);
  archived.set(object, made);
  return made;
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
