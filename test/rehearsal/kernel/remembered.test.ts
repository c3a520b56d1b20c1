import { describe, expect, it } from '@jest/globals';
import { remembered } from '../../../src/rehearsal/kernel/remembered.ts';

describe('What a function remembers', () => {
  it('is made once per text, and shared', () => {
    let made = 0;
    const lengthOf = remembered((text) => ({ length: text.length, made: ++made }));
    expect(lengthOf('abc')).toBe(lengthOf('abc'));
    expect(lengthOf('ab')).toEqual({ length: 2, made: 2 });
  });

  it('does not grow with the number of texts', () => {
    let made = 0;
    const count = remembered(() => ++made);
    for (let text = 0; text < 1000; text++) count(String(text));
    count('0');
    expect(made).toBe(1001);
  });
});
