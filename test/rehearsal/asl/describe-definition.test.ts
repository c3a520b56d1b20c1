import { describe, expect, it } from '@jest/globals';
import { describeDefinition, parseDefinition } from '../../../src/rehearsal/asl/parse-definition.ts';
import { machine } from './stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
/** What CloudFormation puts an ARN for. */
const substitution = (name: string) => `\${${name}}`;

describe('a description of a definition', () => {
  it('names tasks with what they call, errors and variables', () => {
    const definition = machine({
      Confirm: {
        Type: 'Task',
        Resource: INVOKE,
        Arguments: { FunctionName: substitution('ConfirmLoss'), Payload: '{% $count($tiers) %}' },
        Assign: { confirmed: '{% $states.result.Payload %}' },
        Retry: [{ ErrorEquals: ['Lambda.ServiceException'] }],
        Catch: [{ ErrorEquals: ['NotConfirmed'], Next: 'Hold', Assign: { why: '{% $states.errorOutput.Cause %}' } }],
        Next: 'Fence',
      },
      Fence: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution',
        Arguments: { StateMachineArn: substitution('Fence') },
        End: true,
      },
      Hold: { Type: 'Fail', Error: 'Held', Cause: '{% $why %}' },
    });
    expect(describeDefinition(parseDefinition(JSON.stringify(definition)))).toEqual({
      tasks: [
        { state: 'Confirm', resource: INVOKE, functionSubstitution: 'ConfirmLoss' },
        { state: 'Fence', resource: 'arn:aws:states:::states:startExecution', machineSubstitution: 'Fence' },
      ],
      errorEquals: [
        { state: 'Confirm', name: 'Lambda.ServiceException' },
        { state: 'Confirm', name: 'NotConfirmed' },
      ],
      failures: [{ state: 'Hold', error: 'Held' }],
      variables: {
        assigned: [
          { state: 'Confirm', name: 'why' },
          { state: 'Confirm', name: 'confirmed' },
        ],
        used: [
          { state: 'Confirm', name: 'tiers' },
          { state: 'Hold', name: 'why' },
        ],
      },
    });
  });
});
