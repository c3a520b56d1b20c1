import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../../src/rehearsal/asl/failure.ts';
import { matchesError, STATES_ERRORS } from '../../../src/rehearsal/asl/states-errors.ts';

describe('the catalogue of reserved error names', () => {
  it('has a sentence for each', () => {
    for (const [name, meaning] of Object.entries(STATES_ERRORS)) {
      expect(name).toMatch(/^States\.[A-Z]/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has one name alone that nothing answers', () => {
    const deaf = Object.keys(STATES_ERRORS).filter((name) => !matchesError([name], new Failure(name)));
    expect(deaf).toEqual(['States.Runtime']);
  });
});
