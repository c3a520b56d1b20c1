import { ACCOUNT, REGION } from '../place.ts';

/** States of a branch or an iteration, starting at the first. */
export const states = (States: Record<string, object>): object => ({ StartAt: Object.keys(States)[0], States });

/** A JSONata machine. */
export const machine = (States: Record<string, object>, more: object = {}): object => ({
  ...{ QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0], States },
  ...more,
});

export const only = (state: object): object => machine({ Only: { ...state, End: true } });

export const line = (...states: object[]): object =>
  machine(
    Object.fromEntries(
      states.map((state, index) => [
        `S${index}`,
        { ...state, ...(index === states.length - 1 ? { End: true } : { Next: `S${index + 1}` }) },
      ]),
    ),
  );

const WRONG = { Type: 'Fail', Error: 'Wrong', Cause: 'as it is' };

export const FAIL = states({ Wrong: WRONG });

/** Fails a second after it began. */
export const FAIL_LATE = states({ Soon: { Type: 'Wait', Seconds: 1, Next: 'Wrong' }, Wrong: WRONG });

export const PASS = states({ Yes: { Type: 'Pass', End: true } });

export const answers = (Output: unknown, name = 'Answer'): object =>
  states({ [name]: { Type: 'Pass', Output, End: true } });

/** Caught, with the error's name alone: causes are worded by whoever words them. */
export const catching = (
  state: object,
  more: object = { Output: { error: '{% $states.errorOutput.Error %}' } },
): object =>
  machine({
    Try: { ...state, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', ...more }], End: true },
    Caught: { Type: 'Pass', End: true },
  });

export const dynamodb = (action: string, Arguments: object): object => ({
  ...{ Type: 'Task', Resource: `arn:aws:states:::aws-sdk:dynamodb:${action}`, Arguments },
});

export const put = (more: object = {}): object =>
  dynamodb('putItem', { TableName: 'runs', Item: { id: { S: 'a' }, item: { S: 'b' }, n: { N: '1' } }, ...more });

export const ONCE = { ConditionExpression: 'attribute_not_exists(id)' };

export const QUEUE = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/tasks`;
