import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { listKind } from './list-keys.ts';

/** Which lists merge is the same for every built-in kind here. */
const ANY_BUILT_IN = { custom: false } as Resource;

/**
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 * Simplified: `$setElementOrder` is accepted and ignored, `$retainKeys` clears what it does not name.
 */
export function strategicMerge(target: KubeObject, patch: KubeObject, path: string[] = []): KubeObject {
  if (Array.isArray(patch)) return mergeList(target, patch, path);
  if (typeof patch !== 'object' || patch === null) return patch;
  if (patch.$patch === 'replace') return without(patch, '$patch');
  if (patch.$patch === 'delete') return undefined;
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const merged = Array.isArray(patch.$retainKeys) ? pick(base, patch.$retainKeys) : { ...base };
  for (const key in patch) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice(key.indexOf('/') + 1);
      merged[field] = (merged[field] ?? []).filter((item: KubeObject) => !patch[key].includes(item));
    } else if (key.startsWith('$')) continue;
    else if (patch[key] === null) delete merged[key];
    else {
      const value = strategicMerge(merged[key], patch[key], [...path, key]);
      if (value === undefined) delete merged[key];
      else merged[key] = value;
    }
  }
  return merged;
}

function mergeList(target: KubeObject, patch: KubeObject[], path: string[]): KubeObject[] {
  const kind = listKind(ANY_BUILT_IN, path);
  const current: KubeObject[] = Array.isArray(target) ? target : [];
  if (kind === 'set') return [...new Set([...current, ...patch])];
  const key = kind === 'atomic' ? undefined : kind.keys[0];
  if (key === undefined || patch.some((item) => item?.$patch === 'replace'))
    return patch.filter((item) => item?.$patch !== 'replace');
  const patched = patch.flatMap((item) => {
    if (item.$patch === 'delete') return [];
    return [strategicMerge(current.find((known) => known[key] === item[key]) ?? {}, item, path)];
  });
  const named = new Set(patch.map((item) => item[key]));
  const order = current.map((item) => item[key]);
  return inOrder(
    patched,
    current.filter((item) => !named.has(item[key])),
    (item) => order.indexOf(item[key]),
  );
}

/**
 * What the patch names, in its order, among the rest in theirs: as they stood before; what is new goes ahead.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/strategicpatch/patch.go (mergeSortedSlice)
 */
function inOrder(patched: KubeObject[], rest: KubeObject[], placeOf: (item: KubeObject) => number): KubeObject[] {
  const merged: KubeObject[] = [];
  let next = 0;
  for (const item of patched) {
    const place = placeOf(item);
    while (place >= 0 && next < rest.length && placeOf(rest[next]) < place) merged.push(rest[next++]);
    merged.push(item);
  }
  return [...merged, ...rest.slice(next)];
}

const without = (object: KubeObject, key: string): KubeObject => {
  const { [key]: _dropped, ...rest } = object;
  return rest;
};

const pick = (object: KubeObject, keys: string[]): KubeObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
