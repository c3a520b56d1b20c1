import fc from 'fast-check';
import type { Play } from './execution.ts';

/** A step takes `{ n }` and hands `{ n }` on, or fails. */
type Step =
  | { kind: 'add' | 'remember'; by: number }
  | { kind: 'recall' }
  | { kind: 'fail'; error: string }
  | { kind: 'choice'; above: number; yes: Step[]; no: Step[] }
  | { kind: 'map'; items: number[]; body: Step[]; catches: boolean }
  | { kind: 'parallel'; branches: Step[][]; catches: boolean };

const small = fc.integer({ min: -3, max: 3 });
const errors = fc.constantFrom('Wrong', 'Other.Error');

const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
  step: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'steps' },
    fc.record({ kind: fc.constantFrom('add', 'remember'), by: small }),
    fc.record({ kind: fc.constant('fail' as const), error: errors }),
    fc.record({ kind: fc.constant('choice' as const), above: small, yes: tie('steps'), no: tie('steps') }),
    fc.record({
      kind: fc.constant('map' as const),
      items: fc.array(small, { maxLength: 2 }),
      ...{ body: tie('steps'), catches: fc.boolean() },
    }),
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('steps'), { minLength: 1, maxLength: 1 }),
      catches: fc.boolean(),
    }),
  ) as fc.Arbitrary<Step>,
}));

/** What was never kept cannot be recalled; moto breaks over that within Map and Parallel, so this is outside. */
const program: fc.Arbitrary<Step[]> = fc
  .tuple(steps, fc.option(fc.constant<Step>({ kind: 'recall' })), steps)
  .map(([before, recall, after]) => (recall === null ? before : [...before, recall, ...after]));

/** Machines of Pass, Choice, Map, Parallel and Fail. One branch or item at a time, so that events have one order. */
export const generatedMachines: fc.Arbitrary<Play> = fc.record({ program, n: small }).map(({ program, n }) => ({
  definition: { QueryLanguage: 'JSONata', ...new Writer().write(program) },
  input: { n },
}));

type State = {
  [field: string]: unknown;
  Next?: string;
  Default?: string;
  Choices?: { Condition: string; Next: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
};
type States = Record<string, State>;

/** No definition may have a state that nothing leads to, such as what comes after a Fail. */
function reachable(first: string, states: States): States {
  const found: States = {};
  const visit = (name: string | undefined): void => {
    const state = states[name ?? ''];
    if (name === undefined || state === undefined || name in found) return;
    found[name] = state;
    for (const { Next } of [state, ...(state.Choices ?? []), ...(state.Catch ?? [])]) visit(Next);
    visit(state.Default);
  };
  visit(first);
  return found;
}

/** Writes steps as states, each with a name of its own. */
class Writer {
  #count = 0;
  /** No branch may assign a variable of what is around it: each has its own. */
  #scope = 0;

  write(steps: Step[]): { StartAt: string; States: States } {
    this.#scope++;
    const States: States = {};
    const StartAt = this.#sequence(steps, States, { End: true });
    this.#scope--;
    return { StartAt, States: reachable(StartAt, States) };
  }

  /** The name of the first state of these. */
  #sequence([step, ...rest]: Step[], states: States, after: State): string {
    if (step === undefined) throw new Error('a sequence has a step');
    const name = `${step.kind}${++this.#count}`;
    states[name] = {};
    const next = rest.length === 0 ? after : { Next: this.#sequence(rest, states, after) };
    states[name] = this.#state(step, states, next);
    return name;
  }

  #state(step: Step, states: States, next: State): State {
    switch (step.kind) {
      case 'add':
        return { Type: 'Pass', Output: { n: `{% $states.input.n + ${step.by} %}` }, ...next };
      case 'remember':
        return { Type: 'Pass', Assign: { [`kept${this.#scope}`]: `{% $states.input.n * ${step.by} %}` }, ...next };
      case 'recall':
        return { Type: 'Pass', Output: { n: `{% $kept${this.#scope} %}` }, ...next };
      case 'fail':
        return { Type: 'Fail', Error: step.error };
      case 'choice': {
        const Condition = `{% $states.input.n > ${step.above} %}`;
        const Choices = [{ Condition, Next: this.#sequence(step.yes, states, next) }];
        return { Type: 'Choice', Choices, Default: this.#sequence(step.no, states, next) };
      }
      case 'map': {
        const Items = step.items.map((n) => ({ n }));
        const more = { Items, MaxConcurrency: 1, ItemProcessor: this.write(step.body) };
        return this.#group('Map', more, step.catches, states, next);
      }
      case 'parallel':
        return this.#group(
          'Parallel',
          { Branches: step.branches.map((one) => this.write(one)) },
          step.catches,
          states,
          next,
        );
    }
  }

  #group(Type: string, more: object, catches: boolean, states: States, next: State): State {
    const state = { Type, ...more, Output: { n: '{% $sum([0, $states.result.n]) %}' }, ...next };
    if (!catches) return state;
    const caught = `caught${++this.#count}`;
    states[caught] = { Type: 'Pass', Output: { n: 100 }, ...next };
    return { ...state, Catch: [{ ErrorEquals: ['Wrong', 'States.QueryEvaluationError'], Next: caught }] };
  }
}
