import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Answer, Place } from './place.ts';

/** A question, whose answer must be the same of both. */
export type Case = {
  title: string;
  /** The document that says so. */
  source: string;
  ask: (place: Place) => Promise<unknown>;
  /** The line of `DIFFERENCES.kubernetes` by which the twin is known to answer otherwise. */
  differs?: string;
};

/** What a refusal says to a program: everything but prose. */
export function refusal({ status, body }: Answer): unknown {
  const { code, reason, details } = body;
  // The real one tells some of them twice.
  const told: string[] | undefined = details?.causes?.map(({ field, reason: why }: KubeObject) => `${field}: ${why}`);
  const causes = told && [...new Set(told)].sort();
  return { status, code, reason, name: details?.name, group: details?.group, kind: details?.kind, causes };
}

/** The same with what it says to people. */
export const refusalInWords = (answer: Answer): unknown => ({
  ...(refusal(answer) as object),
  message: answer.body.message,
});

/** Of an object, the values at these paths. A path may go through a list: `conditions.0.type`. */
export function at(object: KubeObject | undefined, ...paths: string[]): Record<string, unknown> {
  const read = (path: string): unknown =>
    path.split('.').reduce((found: KubeObject | undefined, field) => found?.[field], object);
  return Object.fromEntries(paths.map((path) => [path, read(path)]));
}

const VOLATILE = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink', 'generateName'];

/** The object without what differs with each making of it. */
export function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !VOLATILE.includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, lasting(inner)]));
}

/** The type and status of an object's conditions, by type. */
export const conditions = (object: KubeObject | undefined): string[] =>
  (object?.status?.conditions ?? [])
    .map(({ type, status, reason }: KubeObject) => `${type} ${status} ${reason}`)
    .sort();
