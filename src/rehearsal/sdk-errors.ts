import type { AwsError } from './cloud/aws-error.ts';

type ErrorOptions = { name: string; message: string; $fault: 'client' | 'server'; $metadata: unknown };
type ErrorClass = new (options: ErrorOptions & Record<string, unknown>) => Error;
type Schema = unknown[];

/** The part of a client's protocol that knows its package's exception classes. */
type ErrorRegistry = {
  schemas: ReadonlyMap<string, Schema>;
  getErrorCtor(schema: Schema): ErrorClass | undefined;
  getBaseException(): Schema | undefined;
};
export type Protocol = { compositeErrorRegistry?: ErrorRegistry };

/** Where a schema holds an error's name, and its traits. */
const NAME = 2;
const TRAITS = 3;

/** What a client of this protocol would throw: its package's own class of that name, else the package's base class. */
export function sdkError(error: AwsError, protocol: Protocol, requestId: string): Error {
  const registry = protocol.compositeErrorRegistry;
  if (registry === undefined) return error;
  const schema = schemaOf(error.name, registry);
  const ErrorClass = registry.getErrorCtor(schema ?? registry.getBaseException() ?? []);
  if (ErrorClass === undefined) return error;
  const made = new ErrorClass({
    ...error.members,
    name: schema === undefined ? error.name : String(schema[NAME]),
    message: error.message,
    $fault: error.status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: error.status, requestId, attempts: 1, totalRetryDelay: 0 },
  });
  return Object.assign(made, error.members, error.retryable ? { $retryable: { throttling: error.throttling } } : {});
}

/** By the shape's name, or by the code that services of the older query protocol answer. */
function schemaOf(name: string, registry: ErrorRegistry): Schema | undefined {
  for (const schema of registry.schemas.values()) if (schema[NAME] === name && isError(schema)) return schema;
  for (const schema of registry.schemas.values()) {
    const traits = schema[TRAITS] as { awsQueryError?: unknown[] } | undefined;
    if (isError(schema) && traits?.awsQueryError?.[0] === name) return schema;
  }
  return undefined;
}

/** https://smithy.io/2.0/spec/behavior-traits.html#error-trait */
const isError = (schema: Schema): boolean => schema[0] === -3;
