import type { StateType } from '../state-type.ts';

/** Ends its line of execution well. https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html */
export const succeed: StateType = {
  fields: ['Output'],
  parse(reader) {
    const leave = { next: undefined, output: reader.template('Output', 'input') };
    return { next: [undefined], run: (visit) => visit.leave(leave, visit.input) };
  },
};
