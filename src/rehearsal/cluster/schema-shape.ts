import type { KubeObject } from './host.ts';

/**
 * A schema in short: a type, values separated by `|`, a list of something, or an object by its members, where `*`
 * stands for any name. `any` is kept as it is.
 */
export type Shape = string | [Shape] | { [member: string]: Shape };

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-reference/ */
export const OBJECT_REFERENCE: Shape = {
  apiVersion: 'string',
  fieldPath: 'string',
  kind: 'string',
  name: 'string',
  namespace: 'string',
  resourceVersion: 'string',
  uid: 'string',
};

export function openApi(shape: Shape, required: string[] = []): KubeObject {
  if (Array.isArray(shape)) return { type: 'array', items: openApi(shape[0]) };
  if (typeof shape === 'string') return scalar(shape);
  const { '*': others, ...members } = shape;
  if (others !== undefined) return { type: 'object', additionalProperties: openApi(others) };
  const properties = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, openApi(member)]));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function scalar(shape: string): KubeObject {
  if (shape === 'any') return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  if (shape === 'int-or-string') return { 'x-kubernetes-int-or-string': true };
  if (['string', 'integer', 'boolean', 'number'].includes(shape)) return { type: shape };
  return { type: 'string', enum: shape.split('|') };
}
