import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';

/** How the items of a list are told apart: by members (the first one is strategic merge's), as a set, or not at all. */
export type ListKind = { keys: string[] } | 'set' | 'atomic';

/**
 * Lists of built-in kinds that merge, by the field's name; `path>field` where the name alone does not tell.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/api/openapi-spec/swagger.json
 * (x-kubernetes-list-map-keys, x-kubernetes-patch-merge-key). Lists not named here are atomic.
 */
const BUILT_IN: Record<string, ListKind> = {
  containers: { keys: ['name'] },
  initContainers: { keys: ['name'] },
  ephemeralContainers: { keys: ['name'] },
  'containers>ports': { keys: ['containerPort', 'protocol'] },
  'initContainers>ports': { keys: ['containerPort', 'protocol'] },
  'spec>ports': { keys: ['port', 'protocol'] },
  env: { keys: ['name'] },
  volumes: { keys: ['name'] },
  volumeMounts: { keys: ['mountPath'] },
  volumeDevices: { keys: ['devicePath'] },
  imagePullSecrets: { keys: ['name'] },
  hostAliases: { keys: ['ip'] },
  topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'] },
  ownerReferences: { keys: ['uid'] },
  conditions: { keys: ['type'] },
  webhooks: { keys: ['name'] },
  secrets: { keys: ['name'] },
  finalizers: 'set',
  'status>addresses': { keys: ['type'] },
};

/** Items that leave a key out have its default, as the API server fills it in before it merges. */
const KEY_DEFAULTS: Record<string, string> = { protocol: 'TCP' };

/** The kind of the list at `path` (names of fields, list items left out). */
export function listKind(resource: Resource, path: string[]): ListKind {
  const field = path.at(-1) ?? '';
  if (path[0] === 'metadata' || !resource.custom)
    return BUILT_IN[`${path.at(-2)}>${field}`] ?? BUILT_IN[field] ?? 'atomic';
  const schema = schemaAt(resource.schema, path);
  if (schema?.['x-kubernetes-list-type'] === 'map') return { keys: schema['x-kubernetes-list-map-keys'] ?? [] };
  return schema?.['x-kubernetes-list-type'] === 'set' ? 'set' : 'atomic';
}

export const itemKey = (item: KubeObject, keys: string[]): KubeObject =>
  Object.fromEntries(keys.map((key) => [key, item?.[key] ?? KEY_DEFAULTS[key]]));

function schemaAt(schema: KubeObject, path: string[]): KubeObject {
  let at = schema;
  for (const field of path) {
    at = at?.properties?.[field] ?? at?.additionalProperties;
    if (field !== path.at(-1)) at = at?.items ?? at;
  }
  return at;
}
