import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { LifeboatRole } from './role.ts';

/** Again and again; or at given times, in Scheduler's own words, and for how long a start may be late. */
type Times = { everySeconds: number } | { cron: string; lateSeconds: number };

type ScheduleSpec = Times & {
  /** What it starts: a function or a state machine, by the name without prefix. */
  name: string;
  target: { arn: string; action: 'lambda:InvokeFunction' | 'states:StartExecution'; deadLetters: string };
  /** The role's suffix, where the name is taken in another region. */
  role?: string;
};

/** Starts something again and again. A start that is late by a whole turn is dropped: the next one does its work. */
export class Schedule extends Construct {
  constructor(stack: LifeboatStack, id: string, spec: ScheduleSpec) {
    super(stack, id);
    const { arn, action, deadLetters } = spec.target;
    const role = new LifeboatRole(this, 'Role', stack, {
      name: `schedule-${spec.role ?? spec.name}`,
      for: 'scheduler.amazonaws.com',
      grants: [
        { actions: [action], on: [arn] },
        { actions: ['sqs:SendMessage'], on: [deadLetters] },
      ],
    });
    const { expression, lateSeconds } = timesOf(spec);
    new CfnSchedule(this, 'Resource', {
      name: stack.names.of(spec.name),
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn,
        roleArn: role.arn,
        // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html: 60 s at least.
        retryPolicy: { maximumEventAgeInSeconds: lateSeconds, maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: deadLetters },
      },
    });
  }
}

function timesOf(at: Times): { expression: string; lateSeconds: number } {
  if ('cron' in at) return { expression: at.cron, lateSeconds: at.lateSeconds };
  const minutes = Math.max(1, Math.floor(at.everySeconds / 60));
  return { expression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`, lateSeconds: minutes * 60 };
}
