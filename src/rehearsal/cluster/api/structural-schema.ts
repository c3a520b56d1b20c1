import { remembered } from '../../kernel/remembered.ts';
import type { KubeObject } from '../host.ts';
import type { Problem } from './pod-validation.ts';

/** What every object has, whatever its schema says. */
const OWN = ['apiVersion', 'kind', 'metadata'];
const ROOT = { 'x-kubernetes-embedded-resource': true };

/**
 * A custom resource as it is stored: without the fields that its schema does not know, and with its defaults.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 * @param schema the `openAPIV3Schema` of its definition
 */
export const bySchema = (schema: KubeObject, object: KubeObject): KubeObject =>
  withDefaults(schema, pruned({ ...schema, ...ROOT }, object));

function pruned(schema: KubeObject, value: KubeObject): KubeObject {
  if (Array.isArray(value)) return schema.items === undefined ? value : value.map((item) => pruned(schema.items, item));
  if (!isObject(value)) return value;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const own = schema['x-kubernetes-embedded-resource'] === true ? OWN : [];
  const kept: KubeObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const known = schemaOf(schema, name);
    if (own.includes(name) || (known === undefined && keepsUnknown)) kept[name] = inner;
    // A null is dropped for a default's sake. …/custom-resource-definitions/#defaulting-and-nullable
    else if (known !== undefined && !(inner === null && known.default !== undefined && known.nullable !== true))
      kept[name] = pruned(known, inner);
  }
  return kept;
}

function withDefaults(schema: KubeObject, value: KubeObject): KubeObject {
  if (Array.isArray(value)) return schema.items ? value.map((item) => withDefaults(schema.items, item)) : value;
  if (!isObject(value)) return value;
  const filled: KubeObject = { ...value };
  for (const [name, known] of Object.entries<KubeObject>(schema.properties ?? {}))
    if (filled[name] === undefined && known.default !== undefined) filled[name] = structuredClone(known.default);
  for (const name of Object.keys(filled)) {
    const known = schemaOf(schema, name);
    if (known !== undefined) filled[name] = withDefaults(known, filled[name]);
  }
  return filled;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function schemaOf(schema: KubeObject, name: string): KubeObject | undefined {
  const own = schema.properties?.[name];
  if (own !== undefined) return own;
  return schema.additionalProperties === true ? {} : schema.additionalProperties || undefined;
}

/**
 * What its schema forbids, each with the API server's reason. Rules in CEL, and what combines schemas (allOf, anyOf,
 * oneOf, not), are not looked at.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go
 */
export function* schemaProblems(schema: KubeObject, value: KubeObject, path = ''): Iterable<Problem> {
  if (value === null && schema.nullable === true) return;
  const found = typeProblem(schema, value, path);
  if (found !== undefined) {
    yield found;
    return;
  }
  yield* limitProblems(schema, value, path);
  if (Array.isArray(value) && schema.items !== undefined)
    for (const [index, item] of value.entries()) yield* schemaProblems(schema.items, item, `${path}[${index}]`);
  if (!isObject(value)) return;
  for (const name of schema.required ?? []) if (value[name] === undefined) yield [inside(path, name), 'Required value'];
  for (const [name, inner] of Object.entries<KubeObject>(value)) {
    const known = path === '' && OWN.includes(name) ? undefined : schemaOf(schema, name);
    if (known !== undefined) yield* schemaProblems(known, inner, inside(path, name));
  }
}

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const IS: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};

function typeProblem(schema: KubeObject, value: unknown, path: string): Problem | undefined {
  if (schema['x-kubernetes-int-or-string'] === true && (typeof value === 'string' || Number.isInteger(value)))
    return undefined;
  if (schema.type === undefined || IS[schema.type]?.(value) !== false) return undefined;
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return [path, `Invalid value: "${found}": ${path} in body must be of type ${schema.type}: "${found}"`];
}

/** What Go's expressions have and ours have not, or mean otherwise. https://github.com/google/re2/wiki/Syntax */
const GO_ALONE = /\(\?[a-zA-Z]|\[\[:|\\[AzQpPC]/;

/** A pattern that cannot be read here matches. */
const matches = remembered((pattern) => {
  if (GO_ALONE.test(pattern)) return () => true;
  const expression = new RegExp(pattern);
  return (value: string) => expression.test(value);
});

function* limitProblems(schema: KubeObject, value: KubeObject, path: string): Iterable<Problem> {
  const told = JSON.stringify(value);
  const wrong = (must: string): Problem => [path, `Invalid value: ${told}: ${path} in body ${must}`];
  if (schema.enum !== undefined && !schema.enum.some((one: unknown) => JSON.stringify(one) === told))
    yield [
      path,
      `Unsupported value: ${told}: supported values: ${schema.enum.map((one: unknown) => JSON.stringify(one)).join(', ')}`,
    ];
  if (typeof value === 'number') {
    if (value > schema.maximum) yield wrong(`should be less than or equal to ${schema.maximum}`);
    if (value < schema.minimum) yield wrong(`should be greater than or equal to ${schema.minimum}`);
  }
  if (typeof value === 'string') {
    if (value.length > schema.maxLength) yield [path, `Too long: may not be more than ${schema.maxLength} bytes`];
    if (value.length < schema.minLength) yield wrong(`should be at least ${schema.minLength} chars long`);
    if (schema.pattern !== undefined && !matches(schema.pattern)(value))
      yield wrong(`should match '${schema.pattern}'`);
  }
  if (Array.isArray(value)) {
    if (value.length > schema.maxItems)
      yield [path, `Too many: ${value.length}: must have at most ${schema.maxItems} items`];
    if (value.length < schema.minItems) yield wrong(`should have at least ${schema.minItems} items`);
  }
}
