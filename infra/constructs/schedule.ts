import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { LifeboatRole } from './role.ts';

type ScheduleSpec = {
  /** What it starts: a function or a state machine, by the name without prefix. */
  name: string;
  everySeconds: number;
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
    const minutes = Math.max(1, Math.floor(spec.everySeconds / 60));
    new CfnSchedule(this, 'Resource', {
      name: stack.names.of(spec.name),
      scheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn,
        roleArn: role.arn,
        // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html: 60 s at least.
        retryPolicy: { maximumEventAgeInSeconds: Math.max(60, minutes * 60), maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: deadLetters },
      },
    });
  }
}
