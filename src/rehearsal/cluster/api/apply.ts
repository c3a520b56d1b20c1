import { ApiError } from '../api-error.ts';
import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { same } from '../same.ts';
import { type ManagerEntry, withEntries } from './field-managers.ts';
import { type FieldSet, fieldsOf, intersect, paths, subtract } from './field-set.ts';
import { itemKey, listKind } from './list-keys.ts';

/**
 * Server-side apply. https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * Simplified: one version per resource (no conversion of managed fields), and writes by the cluster's own
 * controllers are nobody's, so that they never conflict with an applier.
 */
export function apply(
  resource: Resource,
  applied: KubeObject,
  current: KubeObject | undefined,
  manager: string,
  force: boolean,
  time: string,
): KubeObject {
  if (applied.metadata?.managedFields?.length > 0)
    throw new ApiError('BadRequest', 'metadata.managedFields must be nil');
  const { status: _status, ...wanted } = applied;
  const fieldsV1 = fieldsOf(resource, wanted);
  const entry: ManagerEntry = {
    manager,
    operation: 'Apply',
    apiVersion: applied.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  if (current === undefined) return withEntries(wanted, [entry]);
  const entries: ManagerEntry[] = current.metadata.managedFields ?? [];
  const own = entries.find((known) => known.manager === manager && known.operation === 'Apply');
  const others = entries.filter((known) => known !== own);
  const changed = fieldsOf(resource, wanted, current);
  const takesOver = Object.keys(changed).length > 0;
  if (takesOver && !force) refuseConflicts(others, changed);
  const left = takesOver ? without(others, changed) : others;
  const merged = merge(resource, current, wanted, []);
  let dropped = own && subtract(own.fieldsV1, fieldsV1);
  for (const other of left) dropped = dropped && subtract(dropped, other.fieldsV1);
  return withEntries(dropped ? removeFields(resource, merged, dropped, []) : merged, [...left, entry]);
}

function without(entries: ManagerEntry[], taken: FieldSet): ManagerEntry[] {
  return entries.flatMap((entry) => {
    const fieldsV1 = subtract(entry.fieldsV1, taken);
    return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }];
  });
}

function refuseConflicts(others: ManagerEntry[], changed: FieldSet): void {
  const conflicts = others.flatMap((other) => {
    const both = intersect(other.fieldsV1, changed);
    return both === undefined ? [] : paths(both).map((field) => ({ other, field }));
  });
  if (conflicts.length === 0) return;
  const causes = conflicts.map(({ other, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${inWords(other)}`,
    field,
  }));
  throw new ApiError('Conflict', `Apply failed with ${listed(conflicts)}`, { causes });
}

type Conflict = { other: ManagerEntry; field: string };

/** https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/managedfields/internal/conflict.go (getConflictMessage) */
function listed(conflicts: Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1)
    return `1 conflict: conflict with ${inWords(first.other)}: ${first.field}`;
  const byManager = [...Map.groupBy(conflicts, ({ other }) => inWords(other))].sort(([a], [b]) => (a < b ? -1 : 1));
  const told = byManager.map(
    ([who, of]) => `conflicts with ${who}:\n${of.map(({ field }) => `- ${field}`).join('\n')}`,
  );
  return `${conflicts.length} conflicts: ${told.join('\n')}`;
}

const inWords = ({ manager, operation, apiVersion, time }: ManagerEntry): string =>
  operation === 'Update' ? `"${manager}" using ${apiVersion} at ${time}` : `"${manager}"`;

function merge(resource: Resource, current: KubeObject, wanted: KubeObject, path: string[]): KubeObject {
  if (Array.isArray(wanted)) return mergeList(resource, Array.isArray(current) ? current : [], wanted, path);
  if (typeof wanted !== 'object' || wanted === null) return wanted;
  if (typeof current !== 'object' || current === null || Array.isArray(current)) return wanted;
  const merged = { ...current };
  for (const key in wanted) merged[key] = merge(resource, current[key], wanted[key], [...path, key]);
  return merged;
}

function mergeList(resource: Resource, current: KubeObject[], wanted: KubeObject[], path: string[]): KubeObject[] {
  const kind = listKind(resource, path);
  if (kind === 'atomic') return wanted;
  if (kind === 'set') return [...new Set([...current, ...wanted])];
  const merged = [...current];
  for (const item of wanted) {
    const key = itemKey(item, kind.keys);
    const index = merged.findIndex((known) => same(itemKey(known, kind.keys), key));
    if (index < 0) merged.push(item);
    else merged[index] = merge(resource, merged[index], item, path);
  }
  return merged;
}

/** Takes away what the manager applied before, applies no more, and nobody else manages. */
function removeFields(resource: Resource, value: KubeObject, fields: FieldSet, path: string[]): KubeObject {
  if (Array.isArray(value)) return removeItems(resource, value, fields, path);
  if (typeof value !== 'object' || value === null) return value;
  const left = { ...value };
  for (const key in fields) {
    const name = key.slice(2);
    const inner = fields[key] as FieldSet;
    if (!key.startsWith('f:') || left[name] === undefined) continue;
    if (Object.keys(inner).length === 0) delete left[name];
    else left[name] = removeFields(resource, left[name], inner, [...path, name]);
  }
  return left;
}

function removeItems(resource: Resource, list: KubeObject[], fields: FieldSet, path: string[]): KubeObject[] {
  const kind = listKind(resource, path);
  if (kind === 'atomic') return list;
  return list.flatMap((item) => {
    const name = kind === 'set' ? `v:${JSON.stringify(item)}` : `k:${JSON.stringify(itemKey(item, kind.keys))}`;
    const inner = fields[name];
    if (inner === undefined) return [item];
    if (kind === 'set' || inner['.'] !== undefined) return [];
    return [removeFields(resource, item, inner, path)];
  });
}
