import { describe, expect, it } from '@jest/globals';
import { TaskTokens } from '../../../src/rehearsal/asl/task-tokens.ts';

const TOKEN = '00000000-0000-4000-8000-000000000001';

describe('task tokens', () => {
  it('end their task once, and tell that something was settled', async () => {
    let settled = 0;
    const tokens = new TaskTokens(() => settled++);
    const end = tokens.open(TOKEN, () => {});
    expect(tokens.succeed(TOKEN, { n: 1 })).toBe('ok');
    expect(tokens.fail(TOKEN, 'E', 'C')).toBe('TaskTimedOut');
    expect(await end).toEqual({ output: { n: 1 } });
    expect(settled).toBe(1);
  });

  it('are unknown unless they were given out, and invalid unless they could have been', () => {
    const tokens = new TaskTokens();
    expect(tokens.succeed(TOKEN, {})).toBe('TaskDoesNotExist');
    expect(tokens.fail('a token')).toBe('InvalidToken');
    expect(tokens.heartbeat('')).toBe('InvalidToken');
  });

  it('pass heartbeats on as long as their task waits', () => {
    let beats = 0;
    const tokens = new TaskTokens();
    void tokens.open(TOKEN, () => beats++);
    expect(tokens.heartbeat(TOKEN)).toBe('ok');
    tokens.close(TOKEN);
    expect(tokens.heartbeat(TOKEN)).toBe('TaskTimedOut');
    expect(beats).toBe(1);
  });
});
