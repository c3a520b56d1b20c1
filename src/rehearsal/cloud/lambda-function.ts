import type { Input } from './service.ts';

/** A function as its template describes it, with all that somebody needs to make its handler. */
export type FunctionSpec = {
  name: string;
  arn: string;
  region: string;
  stack: string;
  logicalId: string;
  roleArn: string;
  /** As the template sets it, without what Lambda adds. */
  environment: Readonly<Record<string, string>>;
  timeoutMs: number;
  memoryMb: number;
  logGroup: string;
  traced: boolean;
  /** Keys of the layers' archives in the assets bucket, in order. */
  layers: readonly string[];
  reservedConcurrency: number | undefined;
  deadLetterArn: string | undefined;
  /** The resource's Metadata, as it stands in the template. */
  metadata: Record<string, unknown>;
};

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** The variables of a template's function. Throws for those that Lambda refuses. */
export function environmentOf(properties: Input, name: string): Record<string, string> {
  const variables: Record<string, unknown> = properties.Environment?.Variables ?? {};
  const environment: Record<string, string> = {};
  let size = 0;
  for (const [key, value] of Object.entries(variables)) {
    if (RESERVED.has(key)) throw new Error(`function ${name} sets ${key}, which Lambda keeps for itself`);
    environment[key] = String(value);
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > MAX_ENVIRONMENT_BYTES)
    throw new Error(`the environment of function ${name} takes ${size} bytes; Lambda allows ${MAX_ENVIRONMENT_BYTES}`);
  return environment;
}
