import type { FunctionsGiven } from './constructs/lambda-function.ts';
import { LambdaFunction } from './constructs/lambda-function.ts';
import type { FunctionName } from './environments.ts';
import { Grants } from './grants.ts';

/** A sweep after a long stall looks for many objects. */
const READING_SECONDS = 240;

/** The functions that keep the catalogue, told by S3 and every minute. */
export function cataloguingFunctions(given: FunctionsGiven): LambdaFunction<FunctionName>[] {
  const grant = new Grants(given.stack.names);
  const environment = judgingEnvironment(given);
  return [
    new LambdaFunction(given, {
      name: 'judge-recovery-point',
      environment,
      grants: grant.judge(),
      memoryMiB: 256,
      timeoutSeconds: READING_SECONDS,
    }),
    new LambdaFunction(given, {
      name: 'measure-rpo',
      environment,
      grants: [...grant.judge(), grant.publishMetrics(), ...grant.readReplicationMetrics()],
      memoryMiB: 256,
      timeoutSeconds: READING_SECONDS,
      asynchronous: true,
    }),
  ];
}

/** What every function asks for that judges recovery points. */
export function judgingEnvironment({ stack: { names, plan } }: FunctionsGiven) {
  return {
    REPLICA_BUCKET: plan.stores.backups.replica,
    CONTROL_BUCKET: names.capturedBucket,
    CATALOGUE_TABLE: names.of('catalogue'),
  };
}
