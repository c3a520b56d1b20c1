import type { KubeObject } from '../../host.ts';
import { same } from '../../same.ts';

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The JSON merge patch that makes `after` of `before`; undefined when they are the same. */
export function mergeDiff(before: KubeObject, after: KubeObject): KubeObject | undefined {
  const patch: KubeObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, fresh] = [before[key], after[key]];
    if (same(old, fresh)) continue;
    if (fresh === undefined) patch[key] = null;
    else patch[key] = isMap(old) && isMap(fresh) ? mergeDiff(old, fresh) : fresh;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}
