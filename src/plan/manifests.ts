import type { ReadDocument } from './document.ts';
import { readDocuments } from './documents.ts';
import { clusterScoped, madeByCluster, withoutServerFields } from './exported.ts';
import { identityOf, inside, type ManifestObject, nameOf, textOf } from './manifest-object.ts';
import { type FieldPath, foundText, type PlanProblem, problemAt } from './problem.ts';

export type ManifestFile = { file: string; text: string };
export type ReadManifests = { objects: ManifestObject[]; said: string[] } | { problems: PlanProblem[] };

type Found = { object: ManifestObject; place: { file: string; line: number | null; path: FieldPath } };

/** A name is a part of a path of the API: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const NAME = /^(?!\.{1,2}$)[^/%\s]{1,253}$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads manifests as people have them: documents of several objects, lists, and what `kubectl get -o yaml` or
 * `-o json` prints. The objects come back as they could be created anew: without what the server set, without what
 * a cluster makes by itself, in namespace `default` where they name none. `said` tells what was left out.
 */
export function readManifests(files: readonly ManifestFile[], directory = 'the manifests'): ReadManifests {
  const read = files.map(({ file, text }) => foundIn(file, text));
  const placed = inNamespaces(read.flatMap((file) => file.found));
  const { kept, problems: conflicts } = foldDuplicates(placed);
  const problems = [...read.flatMap((file) => file.problems), ...conflicts];
  if (problems.length > 0) return { problems };
  const { objects, said } = asCreated(kept);
  if (objects.length > 0) return { objects, said };
  const allowed = 'at least one Kubernetes object, in .yaml, .yml or .json files';
  const found = kept.length > 0 ? 'only objects that a cluster makes by itself' : 'no objects';
  return { problems: [problemAt({ file: directory, line: null, path: [] }, found, allowed)] };
}

function foundIn(file: string, text: string): { found: Found[]; problems: PlanProblem[] } {
  const documents = readDocuments(text, file);
  if ('problems' in documents) return { found: [], problems: documents.problems };
  const entries = documents.flatMap((document) => flat(document.value, []).map((entry) => ({ ...entry, document })));
  const judged = entries.map(({ value, path, document }) => judge(value, path, document, file));
  return {
    found: judged.flatMap((entry) => ('object' in entry ? [entry] : [])),
    problems: judged.flatMap((entry) => ('problems' in entry ? entry.problems : [])),
  };
}

/** Lists, in lists too, as what they hold. Items of a typed list, as the API answers it, may leave out their kind. */
function flat(value: unknown, path: FieldPath): { value: unknown; path: FieldPath }[] {
  const kind = textOf(inside(value, 'kind'));
  const items = inside(value, 'items');
  if (!kind?.endsWith('List') || !(Array.isArray(items) || (kind === 'List' && !items))) return [{ value, path }];
  const typed = kind === 'List' ? {} : { apiVersion: inside(value, 'apiVersion'), kind: kind.slice(0, -'List'.length) };
  return (Array.isArray(items) ? items : []).flatMap((item: unknown, index) =>
    flat(isMap(item) ? { ...typed, ...item } : item, [...path, 'items', index]),
  );
}

function judge(
  value: unknown,
  path: FieldPath,
  document: ReadDocument,
  file: string,
): Found | { problems: PlanProblem[] } {
  const problem = (field: FieldPath, found: string, allowed: string) => {
    const whole = [...path, ...field];
    return problemAt({ file, line: document.lineOf(whole), path: whole }, found, allowed);
  };
  if (!isMap(value))
    return {
      problems: [problem([], foundText(value), 'a Kubernetes object: a map with apiVersion, kind and metadata')],
    };
  const problems: PlanProblem[] = [];
  const need = (field: string[], fits: (text: string) => boolean, allowed: string) => {
    const part = inside(value, ...field);
    if (typeof part === 'number' || typeof part === 'boolean') {
      problems.push(problem(field, foundText(part), `text; write it in quotes: "${part}"`));
    } else if (typeof part !== 'string' || !fits(part)) problems.push(problem(field, foundText(part), allowed));
  };
  need(['apiVersion'], (text) => /^[^/\s]+(\/[^/\s]+)?$/.test(text), 'an API version such as apps/v1');
  need(['kind'], (text) => /^[A-Za-z0-9]+$/.test(text), 'a kind such as Deployment');
  need(['metadata', 'name'], (text) => NAME.test(text), 'the name of the object');
  if ((inside(value, 'metadata', 'namespace') ?? '') !== '') {
    need(['metadata', 'namespace'], (text) => NAMESPACE.test(text), 'a Kubernetes namespace');
  }
  for (const field of ['labels', 'annotations']) {
    for (const [key, part] of Object.entries(inside(value, 'metadata', field) ?? {})) {
      if (part !== null) need(['metadata', field, key], () => true, 'text');
    }
  }
  if (problems.length > 0) return { problems };
  return { object: value as ManifestObject, place: { file, line: document.lineOf(path), path } };
}

/** Every object where it belongs: in the namespace that it names, in `default`, or in none. */
function inNamespaces(found: readonly Found[]): Found[] {
  const isClusterScoped = clusterScoped(found.map(({ object }) => object));
  return found.map(({ object, place }) => {
    const { namespace, ...metadata } = object.metadata;
    const placed = isClusterScoped(object) ? metadata : { ...metadata, namespace: namespace || 'default' };
    return { object: { ...object, metadata: placed }, place };
  });
}

/** The same object twice is taken once; two different ones of one name cannot both be meant. */
function foldDuplicates(found: readonly Found[]): { kept: ManifestObject[]; problems: PlanProblem[] } {
  const firsts = new Map<string, Found>();
  const problems: PlanProblem[] = [];
  for (const entry of found) {
    const first = firsts.get(identityOf(entry.object));
    if (!first) firsts.set(identityOf(entry.object), entry);
    else if (comparable(first.object) !== comparable(entry.object)) {
      const at = `${first.place.file}:${first.place.line}`;
      const again = `${nameOf(entry.object)} again, and different from ${at}`;
      problems.push(problemAt(entry.place, again, 'each object once'));
    }
  }
  return { kept: [...firsts.values()].map(({ object }) => object), problems };
}

/** The object as text, whatever the order of its fields; its status may have moved on between two exports. */
function comparable(object: ManifestObject): string {
  const { status: _, ...rest } = withoutServerFields(object);
  return JSON.stringify(rest, (_key, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function asCreated(objects: readonly ManifestObject[]): { objects: ManifestObject[]; said: string[] } {
  const isMadeByCluster = madeByCluster(objects);
  const leftOut = new Map<string, number>();
  for (const { kind } of objects.filter(isMadeByCluster)) leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  const kinds = [...leftOut].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return {
    objects: objects.filter((object) => !isMadeByCluster(object)).map(withoutServerFields),
    said: leftOut.size === 0 ? [] : [`Left out what a cluster makes by itself: ${kinds}.`],
  };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
