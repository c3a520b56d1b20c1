import { describe, expect, it } from '@jest/globals';
import { errorOf, machine, outputOf } from './stage.ts';

describe('workflow variables', () => {
  it('are evaluated before any is assigned, so that two can be swapped', async () => {
    const definition = machine({
      Set: { Type: 'Pass', Assign: { x: 3, y: 6 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'Tell' },
      Tell: { Type: 'Pass', Output: ['{% $states.input %}', '{% $x %}', '{% $y %}'], End: true },
    });
    expect(await outputOf(definition)).toEqual([3, 6, 3]);
  });

  it('keep null, lists and objects as they are, also after another expression has looked at them', async () => {
    const value = { none: null, one: [{ a: 1 }], deep: [[1], []] };
    const definition = machine({
      Set: { Type: 'Pass', Assign: { kept: '{% $states.input %}' }, Next: 'Look' },
      Look: { Type: 'Pass', Output: '{% $kept.one[] %}', Next: 'Tell' },
      Tell: { Type: 'Pass', Output: ['{% $states.input %}', '{% $kept %}', '{% $kept.one %}'], End: true },
    });
    expect(await outputOf(definition, value)).toEqual([[{ a: 1 }], value, [{ a: 1 }]]);
  });

  it('may have the name of a function', async () => {
    const definition = machine({
      Set: { Type: 'Pass', Assign: { count: 41 }, Next: 'Tell' },
      Tell: { Type: 'Pass', Output: '{% $count + 1 %}', End: true },
    });
    expect(await outputOf(definition)).toBe(42);
  });

  it('cannot be read before they are assigned', async () => {
    const { error } = await errorOf(machine({ A: { Type: 'Pass', Assign: { b: '{% $a %}' }, End: true } }));
    expect(error).toBe('States.QueryEvaluationError');
  });

  it('hold 256 KiB in one Assign and not more', async () => {
    const assign = (bytes: number) =>
      machine({ A: { Type: 'Pass', Assign: { a: `{% $pad('', ${bytes}, 'x') %}`, b: 'y' }, Output: 1, End: true } });
    expect(await outputOf(assign(262_144 - 2 - 3))).toBe(1);
    expect((await errorOf(assign(262_144 - 2 - 2))).error).toBe('States.DataLimitExceeded');
  });

  it('hold 10 MiB in all, and forget what they held before', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `v${index}`);
    const step = (name: string, next: string, variable: string) => ({
      [name]: { Type: 'Pass', Assign: { [variable]: "{% $pad('', 250000, 'x') %}" }, Output: 1, Next: next },
    });
    const distinct = Object.assign({}, ...names.map((name, index) => step(name, names[index + 1] ?? 'End', name)));
    const same = Object.assign({}, ...names.map((name, index) => step(name, names[index + 1] ?? 'End', 'v')));
    const end = { End: { Type: 'Succeed' } };
    expect((await errorOf(machine({ ...distinct, ...end }))).error).toBe('States.DataLimitExceeded');
    expect(await outputOf(machine({ ...same, ...end }))).toBe(1);
  });
});
