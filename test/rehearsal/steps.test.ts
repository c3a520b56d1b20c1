import { describe, expect, it } from '@jest/globals';
import { Invocations } from '../../src/rehearsal/invocations.ts';
import type { Kernel } from '../../src/rehearsal/kernel/kernel.ts';
import { Steps } from '../../src/rehearsal/steps.ts';

const input = { run: { id: 'r1' } };

/** Calls functions one after another, a second each, and answers what a person was told. */
async function told(calls: [folder: string, input: unknown, output: unknown][]): Promise<string[]> {
  const clock = { now: 0 };
  const invocations = new Invocations(clock as Kernel);
  const lines: string[] = [];
  new Steps(invocations, {
    started: (step) => lines.push(`${step.startedAt} ${step.name} starts`),
    waiting: (step) => lines.push(`${step.endedAt} ${step.name} waits on ${step.detail}`),
    ended: (step) => lines.push(`${step.endedAt} ${step.name} ended`),
  });
  for (const [folder, given, output] of calls) {
    const handler = invocations.watched(folder, async () => {
      clock.now++;
      return output;
    });
    await handler(given, undefined);
  }
  return lines;
}

describe('the steps of a failover', () => {
  it('are called what their folders are called, with their tier, in words', async () => {
    const point = { tier: 'cluster' };
    expect(
      (
        await told([
          ['check-images', input, {}],
          ['restore-tier', { ...input, point }, {}],
          ['restore-tier', { ...input, point, part: 'cluster' }, {}],
        ])
      ).filter((line) => line.endsWith('starts')),
    ).toEqual(['0 Check images starts', '1 Restore tier cluster starts', '2 Restore what has no namespace starts']);
  });

  it('are one while the same thing is asked again and again', async () => {
    expect(
      await told([
        ['confirm-loss', input, { kind: 'wait', reason: 'a second word' }],
        ['confirm-loss', input, { kind: 'confirmed' }],
      ]),
    ).toEqual(['0 Confirm loss starts', '1 Confirm loss waits on a second word', '2 Confirm loss ended']);
  });

  it('wait for a person as long as the person takes', async () => {
    expect(
      await told([
        ['ask-approval', input, {}],
        ['probe-sites', {}, {}],
        ['raise-epoch', input, {}],
      ]),
    ).toEqual([
      '0 Ask approval starts',
      '1 Ask approval waits on a person to approve (lifeboat approve)',
      '2 Ask approval ended',
      '2 Raise epoch starts',
      '3 Raise epoch ended',
    ]);
  });
});
