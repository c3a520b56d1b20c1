import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { type FieldSet, fieldsOf, intersect, subtract } from './field-set.ts';

export type ManagerEntry = {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: FieldSet;
};

/** Notes that `manager` set what differs from `current` (everything, of a new object): whoever managed that does no more. */
export function recordManager(
  resource: Resource,
  manager: string,
  next: KubeObject,
  current: KubeObject | undefined,
  time: string,
): KubeObject {
  const changed = fieldsOf(resource, next, current);
  const entries: ManagerEntry[] = current?.metadata.managedFields ?? [];
  if (Object.keys(changed).length === 0 && current !== undefined) return withEntries(next, entries);
  const present = fieldsOf(resource, next);
  const own = entries.find((entry) => entry.manager === manager && entry.operation === 'Update');
  const kept: ManagerEntry[] = [];
  for (const entry of entries) {
    if (entry === own) continue;
    const left = subtract(entry.fieldsV1, changed);
    const alive = left && intersect(left, present);
    if (alive !== undefined) kept.push({ ...entry, fieldsV1: alive });
  }
  const fieldsV1 = intersect(union(own?.fieldsV1 ?? {}, changed), present) ?? {};
  const entry: ManagerEntry = {
    manager,
    operation: 'Update',
    apiVersion: next.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  return withEntries(next, [...kept, entry]);
}

export const withEntries = (object: KubeObject, entries: ManagerEntry[]): KubeObject => {
  const { managedFields: _old, ...metadata } = object.metadata;
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
};

function union(a: FieldSet, b: FieldSet): FieldSet {
  const both: FieldSet = { ...a };
  for (const key in b)
    both[key] = both[key] === undefined ? (b[key] as FieldSet) : union(both[key], b[key] as FieldSet);
  return both;
}
