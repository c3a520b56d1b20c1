import type { Template } from '../jsonata/template.ts';
import { expressionText } from '../jsonata/template.ts';
import { evaluateNumber, type NumberField } from '../number-field.ts';
import type { StateReader, StateType } from '../state-type.ts';
import type { Visit } from '../visit.ts';

/** An ISO 8601 date and time with its offset. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const MAX_SECONDS = 99_999_999;

/** Lets time pass. https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
export const wait: StateType = {
  fields: ['Seconds', 'Timestamp', 'Output', 'Assign', 'Next', 'End'],
  parse(reader) {
    if (reader.has('Seconds') === reader.has('Timestamp'))
      reader.problem("A Wait state has either 'Seconds' or 'Timestamp'");
    const seconds = reader.number('Seconds', { min: 0, max: MAX_SECONDS, whole: true });
    const timestamp = readTimestamp(reader);
    const next = reader.transition();
    const leave = { next, assign: reader.assign('input'), output: reader.template('Output', 'input') };
    return {
      next: [next],
      run: async (visit) => {
        await visit.frame.pause(await delay(visit, seconds, timestamp));
        return visit.leave(leave, visit.input);
      },
    };
  },
};

function readTimestamp(reader: StateReader): Template | undefined {
  const text = reader.string('Timestamp');
  if (text !== undefined && expressionText(text) === undefined && millisecondsOf(text) === undefined)
    reader.problem(`'${text}' is not an ISO-8601 extended offset date-time`, 'Timestamp');
  return reader.template('Timestamp', 'input');
}

/** Milliseconds; none for a moment that has passed. */
async function delay(visit: Visit, seconds: NumberField | undefined, timestamp: Template | undefined): Promise<number> {
  if (seconds !== undefined) return 1000 * (await evaluateNumber(visit, seconds));
  const text = timestamp && (await visit.evaluate(timestamp));
  const moment = millisecondsOf(text);
  if (moment !== undefined) return Math.max(0, moment - visit.environment.now());
  const problem = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`;
  throw visit.evaluationFailed(problem, 'Timestamp');
}

function millisecondsOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !TIMESTAMP.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}
