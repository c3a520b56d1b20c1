import { verificationDrills } from '../src/plan/verification.ts';
import { judgingEnvironment } from './catalogue-functions.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import type { FunctionsGiven } from './constructs/lambda-function.ts';
import { LambdaFunction } from './constructs/lambda-function.ts';
import { Schedule } from './constructs/schedule.ts';
import { StateMachine } from './constructs/state-machine.ts';
import type { FunctionName } from './environments.ts';
import { Grants } from './grants.ts';
import { schedulerCrons } from './scheduler-cron.ts';
import type { LifeboatStack } from './stack.ts';

/** A start that is late by more than this is dropped: whoever waits for it has gone home. */
const LATE_SECONDS = 4 * 3600;

/** The functions of the machine `verify`. */
export function verifyingFunctions(given: FunctionsGiven, reportKeyArn: string): LambdaFunction<FunctionName>[] {
  const { names } = given.stack;
  const grant = new Grants(names);
  return [
    new LambdaFunction(given, {
      name: 'verify-begin',
      environment: {},
      grants: [],
      timeoutSeconds: 20,
      memoryMiB: 256,
    }),
    new LambdaFunction(given, {
      name: 'verify-point',
      environment: judgingEnvironment(given),
      grants: grant.judge(),
      // A tarball is unpacked at once, and large blobs are read whole.
      timeoutSeconds: 840,
      memoryMiB: 2048,
    }),
    new LambdaFunction(given, {
      name: 'verify-finish',
      environment: {
        CATALOGUE_TABLE: names.of('catalogue'),
        REPORTS_BUCKET: names.reportsBucket,
        REPORT_KEY_ID: names.reportKeyAlias,
        TOPIC_ARN: names.topicArn,
      },
      grants: [
        grant.catalogue('Query', 'PutItem'),
        grant.writeReports(),
        grant.publishMetrics(),
        { actions: ['kms:Sign'], on: [reportKeyArn] },
        grant.tellPeople(),
      ],
      timeoutSeconds: 55,
      memoryMiB: 256,
    }),
  ];
}

/** One machine, started whenever one of the plan's verifications is due. */
export function scheduleVerification(
  stack: LifeboatStack,
  functions: ReadonlyMap<string, string>,
  topic: string,
): void {
  const { arn } = new StateMachine(stack, 'Verify', { name: 'verify', functions, topic });
  const { arn: deadLetters } = new DeadLetterQueue(stack, 'verifyDeadLetters', { stack, reader: 'verify', topic });
  const crons = verificationDrills(stack.plan).flatMap(({ cron }) => schedulerCrons(cron));
  for (const [index, cron] of new Set(crons).values().toArray().entries()) {
    const name = index === 0 ? 'verify' : `verify-${index + 1}`;
    const target = { arn, action: 'states:StartExecution' as const, deadLetters };
    new Schedule(stack, `VerifySchedule${index}`, { name, cron, lateSeconds: LATE_SECONDS, target });
  }
}
