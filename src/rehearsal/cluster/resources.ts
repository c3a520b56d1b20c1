import { BUILT_IN_RESOURCES } from './built-in-resources.ts';
import { getOrAdd } from './get-or-add.ts';
import type { KubeObject } from './host.ts';

/** One kind of object that the API serves. */
export type Resource = {
  /** `pods`, `deployments.apps`: how the store and watchers name it. */
  key: string;
  group: string;
  /** Served versions, the preferred one first. */
  versions: string[];
  plural: string;
  kind: string;
  namespaced: boolean;
  subresources: string[];
  /** The schema of the first version, of custom resources only. */
  schema?: KubeObject;
  custom: boolean;
};

export const resourceKey = (group: string, plural: string): string => (group === '' ? plural : `${plural}.${group}`);

/** `apps/v1` → apps and v1; `v1` → the core group. */
export const splitApiVersion = (apiVersion: string): [group: string, version: string] => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
};

/** The resources that a cluster knows: the built-in ones, and what its custom resource definitions add. */
export class Resources {
  readonly #byKey = new Map<string, Resource>();
  readonly #byKind = new Map<string, Map<string, Resource>>();

  constructor() {
    for (const resource of builtIn) this.add(resource);
  }

  add(resource: Resource): void {
    this.drop(resource.key);
    this.#byKey.set(resource.key, resource);
    for (const version of resource.versions)
      getOrAdd(this.#byKind, apiVersionOf(resource.group, version), () => new Map()).set(resource.kind, resource);
  }

  drop(key: string): void {
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    this.#byKey.delete(key);
    for (const version of known.versions) this.#byKind.get(apiVersionOf(known.group, version))?.delete(known.kind);
  }

  get(key: string): Resource | undefined {
    return this.#byKey.get(key);
  }

  /** By what an object says of itself; undefined when the cluster does not serve it. */
  of(object: { apiVersion?: string; kind?: string }): Resource | undefined {
    return this.#byKind.get(object.apiVersion ?? '')?.get(object.kind ?? '');
  }

  all(): Iterable<Resource> {
    return this.#byKey.values();
  }
}

export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

const builtIn: Resource[] = parse(BUILT_IN_RESOURCES);

/** Lines of one group's resource with another version add that version. */
function parse(table: string): Resource[] {
  const found = new Map<string, Resource>();
  for (const line of table.trim().split('\n')) {
    const [apiVersion = '', plural = '', kind = '', ...rest] = line.split(' ');
    const [group, version] = splitApiVersion(apiVersion);
    const key = resourceKey(group, plural);
    const known = found.get(key);
    if (known !== undefined) {
      known.versions.push(version);
      continue;
    }
    const namespaced = rest[0] !== 'cluster';
    const subresources = namespaced ? rest : rest.slice(1);
    found.set(key, { key, group, versions: [version], plural, kind, namespaced, subresources, custom: false });
  }
  return [...found.values()];
}
