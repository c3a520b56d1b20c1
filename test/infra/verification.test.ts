import { describe, expect, it } from '@jest/globals';
import { schedulerCrons } from '../../infra/scheduler-cron.ts';
import { assemble, resources } from './assembly.ts';

describe('five cron fields in the words of EventBridge Scheduler', () => {
  it.each([
    ['0 4 * * 1', ['cron(0 4 ? * MON *)']],
    ['30 2 * * *', ['cron(30 2 * * ? *)']],
    ['*/30 0-2 1,15 1,7 *', ['cron(0,30 0,1,2 1,15 1,7 ? *)']],
    ['0 6 * * sun,6', ['cron(0 6 ? * SUN,SAT *)']],
    ['0 4 1 * 1', ['cron(0 4 1 * ? *)', 'cron(0 4 ? * MON *)']],
  ])('%s is %j', (text, expected) => {
    expect(schedulerCrons(text)).toEqual(expected);
  });
});

const expressions = (drills: 'left out' | 'twice' | 'as they are') => {
  const assembly = assemble('lifeboat.yaml', {
    change: (input) => {
      if (drills === 'as they are') return input;
      const [first] = input.drills ?? [];
      const others = (input.drills ?? []).filter(({ kind }) => kind !== 'verification');
      if (drills === 'left out' || first === undefined) return { ...input, drills: others };
      return { ...input, drills: [first, { ...first, name: 'midweek', cron: '0 4 * * 3' }, ...others] };
    },
  });
  return resources(assembly, 'AWS::Scheduler::Schedule')
    .filter(({ Properties }) => Properties.ScheduleExpression.startsWith('cron('))
    .map(({ Properties }) => [Properties.Name, Properties.ScheduleExpression]);
};

describe('the machine that verifies', () => {
  it('starts when the plan says, in UTC', () => {
    expect(expressions('as they are')).toEqual([['lifeboat-knative-lambda-verify', 'cron(0 4 ? * MON *)']]);
  });

  it('starts weekly where the plan says nothing', () => {
    expect(expressions('left out')).toEqual([['lifeboat-knative-lambda-verify', 'cron(0 4 ? * MON *)']]);
  });

  it('starts for each of several', () => {
    expect(expressions('twice')).toEqual([
      ['lifeboat-knative-lambda-verify', 'cron(0 4 ? * MON *)'],
      ['lifeboat-knative-lambda-verify-2', 'cron(0 4 ? * WED *)'],
    ]);
  });
});
