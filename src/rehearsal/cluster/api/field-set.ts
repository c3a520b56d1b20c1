import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { same } from '../same.ts';
import { itemKey, listKind } from './list-keys.ts';

/**
 * A set of fields in the form of `metadata.managedFields[].fieldsV1`: `f:name` of a map, `k:{…}` an item of a keyed
 * list, `v:…` an item of a set, `.` the thing itself. https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export type FieldSet = { [key: string]: FieldSet };

const UNMANAGED = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.deletionTimestamp',
  'metadata.managedFields',
  'metadata.selfLink',
  'apiVersion',
  'kind',
]);

/** Every field that the object has; those only that differ from `before`, when given. */
export function fieldsOf(resource: Resource, object: KubeObject, before?: KubeObject, path: string[] = []): FieldSet {
  const fields: FieldSet = {};
  for (const key in object) {
    const at = [...path, key];
    const value = object[key];
    if (value === undefined || (at.length <= 2 && UNMANAGED.has(at.join('.')))) continue;
    if (before !== undefined && same(value, before?.[key])) continue;
    const inner = fieldsWithin(resource, value, before === undefined ? undefined : (before?.[key] ?? null), at);
    if (inner !== undefined) fields[`f:${key}`] = inner;
  }
  return fields;
}

function fieldsWithin(resource: Resource, value: KubeObject, before: KubeObject, path: string[]): FieldSet | undefined {
  if (Array.isArray(value)) return itemsOf(resource, value, before, path);
  if (typeof value !== 'object' || value === null) return {};
  const fields = fieldsOf(resource, value, before === null ? undefined : before, path);
  return Object.keys(fields).length > 0 || Object.keys(value).length === 0 ? fields : undefined;
}

function itemsOf(resource: Resource, list: KubeObject[], before: KubeObject, path: string[]): FieldSet | undefined {
  const kind = listKind(resource, path);
  if (kind === 'atomic') return {};
  const fields: FieldSet = {};
  for (const item of list) {
    if (kind === 'set') {
      if (!before?.includes?.(item)) fields[`v:${JSON.stringify(item)}`] = {};
      continue;
    }
    const key = itemKey(item, kind.keys);
    const known = before?.find?.((other: KubeObject) => same(itemKey(other, kind.keys), key));
    if (known !== undefined && same(known, item)) continue;
    const inner = fieldsOf(resource, item, known, path);
    fields[`k:${JSON.stringify(key)}`] = known === undefined ? { '.': {}, ...inner } : inner;
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}

/** What is in both, of two sets that are not empty. A leaf meets everything below it. */
export function intersect(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (Object.keys(a).length === 0) return b;
  if (Object.keys(b).length === 0) return a;
  const both: FieldSet = {};
  for (const key in a) {
    const other = b[key];
    const inner = other === undefined ? undefined : intersect(a[key] as FieldSet, other);
    if (inner !== undefined) both[key] = inner;
  }
  return Object.keys(both).length > 0 ? both : undefined;
}

/** What is in `a` and not in `b`, of two sets that are not empty. */
export function subtract(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (Object.keys(b).length === 0 || Object.keys(a).length === 0) return undefined;
  const left: FieldSet = {};
  for (const key in a) {
    const other = b[key];
    const inner = other === undefined ? a[key] : subtract(a[key] as FieldSet, other);
    if (inner !== undefined) left[key] = inner;
  }
  return Object.keys(left).length > 0 ? left : undefined;
}

/** The paths of its leaves, as messages write them: `.spec.replicas`. */
export function paths(fields: FieldSet, prefix = ''): string[] {
  const keys = Object.keys(fields);
  if (keys.length === 0) return [prefix];
  return keys.flatMap((key) => {
    if (key === '.') return [];
    const name = key.startsWith('f:')
      ? `.${key.slice(2)}`
      : `[${key
          .slice(2)
          .replace(/^\{|\}$/g, '')
          .replaceAll(/"(\w+)":/g, '$1=')}]`;
    return paths(fields[key] as FieldSet, prefix + name);
  });
}
