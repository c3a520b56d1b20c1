import type { JsonSchema } from './json-schema.ts';
import type { FieldPath } from './problem.ts';

/** The schema of the field at `path` in `input`; undefined where the schema knows no such field. */
export function fieldAt(schema: JsonSchema, path: FieldPath, input: unknown): JsonSchema | undefined {
  let field: JsonSchema | undefined = schema;
  let value = input;
  for (const step of path) {
    field = field && child(variant(field, value), step);
    value = valueAt(value, [step]);
  }
  return field && variant(field, value);
}

export function valueAt(input: unknown, path: FieldPath): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** What a field allows, in words. */
export function allowedText(field: JsonSchema | undefined): string {
  if (!field) return 'no such field';
  if (field.patternErrorMessage) return field.patternErrorMessage;
  if (field.const !== undefined) return String(field.const);
  if (field.enum) return field.enum.join(', ');
  const variants = field.anyOf ?? field.oneOf;
  if (variants) return variants.map(allowedText).join(', or ');
  switch (field.type) {
    case 'string':
      return field.format === 'email' ? 'an e-mail address' : `text${field.minLength ? ', not empty' : ''}`;
    case 'integer':
      return `a whole number${range(field)}`;
    case 'array':
      return `a list${field.minItems ? ` of at least ${field.minItems}` : ''}${items(field)}`;
    case 'object':
      return field.properties ? `a map of ${Object.keys(field.properties).join(', ')}` : 'a map';
    default:
      return field.type ?? 'anything';
  }
}

export const knownFields = (field: JsonSchema | undefined): string[] => Object.keys(field?.properties ?? {});

function range({ minimum, maximum }: JsonSchema): string {
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (bounded) return ` from ${minimum ?? 0} to ${maximum}`;
  return minimum === undefined ? '' : `, at least ${minimum}`;
}

function items(field: JsonSchema): string {
  const item = field.items;
  if (!item?.patternErrorMessage) return '';
  return `, each ${item.patternErrorMessage}`;
}

/** Of a choice, the variant that `value` is meant to be: by its kind, or by its type. */
function variant(field: JsonSchema, value: unknown): JsonSchema {
  const variants = field.oneOf ?? field.anyOf;
  if (!variants || value === undefined) return field;
  const byKind = variants.find((one) => {
    const kind = one.properties?.kind?.const;
    return kind !== undefined && kind === valueAt(value, ['kind']);
  });
  return byKind ?? (Array.isArray(value) ? variants.find((one) => one.type === 'array') : undefined) ?? field;
}

function child(field: JsonSchema, step: string | number): JsonSchema | undefined {
  if (field.type === 'array') return field.items;
  const named = field.properties && Object.hasOwn(field.properties, step) ? field.properties[step] : undefined;
  if (named) return named;
  const kinds = field.oneOf?.map((one) => one.properties?.[step]?.const).filter((value) => value !== undefined);
  if (kinds && kinds.length > 0) return { enum: kinds };
  return typeof field.additionalProperties === 'object' ? field.additionalProperties : undefined;
}
