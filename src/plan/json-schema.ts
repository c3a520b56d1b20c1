import * as z from 'zod';
import { planSchema } from './schema.ts';

/** The parts of JSON Schema that ours uses. */
export type JsonSchema = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
  format?: string;
  patternErrorMessage?: string;
};

/** The JSON Schema of `lifeboat.yaml`, as it is written: before defaults, lengths of time as text. */
export function planJsonSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(planSchema, { io: 'input' }),
    title: 'Lifeboat plan',
    description: 'What is protected, how much may be lost, and how fast it must be back.',
  } as JsonSchema;
}
