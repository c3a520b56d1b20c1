import type { StateType } from '../state-type.ts';

/** Passes its input on, or what Output makes of it. https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html */
export const pass: StateType = {
  fields: ['Output', 'Assign', 'Next', 'End'],
  parse(reader) {
    const next = reader.transition();
    const leave = { next, assign: reader.assign('input'), output: reader.template('Output', 'input') };
    return { next: [next], run: (visit) => visit.leave(leave, visit.input) };
  },
};
