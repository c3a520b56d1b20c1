import { describe, expect, it } from '@jest/globals';
import { LiveTimeline } from '../../src/cli/live-timeline.ts';
import type { ProgressEvent } from '../../src/rehearsal/progress.ts';

const FAULT_AT = 600_000;

function shown(events: ProgressEvent[], columns = 80): string[] {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const timeline = new LiveTimeline({ columns, colour: false, interactive: false, write });
  timeline.onStep({ kind: 'begun', at: 0, scenario: 's', seed: 7, faults: [{ at: FAULT_AT, text: 'loss' }] });
  for (const event of events) timeline.onStep(event);
  timeline.finish();
  return text.trimEnd().split('\n').slice(1);
}

const at = (seconds: number): number => FAULT_AT + seconds * 1000;

describe('the live timeline', () => {
  it('counts from the fault, backwards before it', () => {
    expect(
      shown([
        { kind: 'mark', at: at(-90), what: 'a backup', detail: 'sealed' },
        { kind: 'mark', at: at(3723), what: 'late' },
      ]),
    ).toEqual(['    -1:30           · a backup: sealed', '    +0:00  fault    ! loss', ' +1:02:03           · late']);
  });

  it('makes one line of a step that ends within a second, and two of a longer one', () => {
    const lines = shown([
      { kind: 'started', at: at(1), phase: 'fence', step: 'RaiseEpoch' },
      { kind: 'ended', at: at(1.3), phase: 'fence', step: 'RaiseEpoch' },
      { kind: 'started', at: at(2), phase: 'fence', step: 'Fence', waitsOn: 'the primary' },
      { kind: 'ended', at: at(9), phase: 'fence', step: 'Fence', failed: 'no answer' },
    ]);
    expect(lines).toEqual([
      '    +0:00  fault    ! loss',
      '    +0:01  fence    ✓ RaiseEpoch',
      '    +0:02           ▸ Fence … waits on the primary',
      '    +0:09           ✗ Fence, 7s: no answer',
    ]);
  });

  it('tells what a step waits on once, until it waits on something else', () => {
    const waiting = (seconds: number, on: string): ProgressEvent => ({
      kind: 'waiting',
      at: at(seconds),
      step: 'Restore',
      on,
    });
    const lines = shown([
      { kind: 'started', at: at(1), phase: 'recover', step: 'Restore' },
      waiting(1.2, 'a node'),
      waiting(11, 'a node'),
      waiting(21, 'Velero'),
    ]);
    expect(lines.slice(1)).toEqual([
      '    +0:01  recover  ▸ Restore … waits on a node',
      '    +0:21           ▸ Restore … waits on Velero',
    ]);
  });

  it('tells mere counts no oftener than twice a minute', () => {
    const waiting = (seconds: number): ProgressEvent => ({
      kind: 'waiting',
      at: at(seconds),
      step: 'Restore',
      on: `${seconds} of 90 objects`,
    });
    const lines = shown([
      { kind: 'started', at: at(1), phase: 'recover', step: 'Restore' },
      ...[11, 21, 31, 41, 51].map(waiting),
    ]);
    expect(lines.slice(1)).toEqual([
      '    +0:01  recover  ▸ Restore',
      '    +0:11           ▸ Restore … waits on 11 of 90 objects',
      '    +0:41           ▸ Restore … waits on 41 of 90 objects',
    ]);
  });

  it('names each phase on a line of its own where there is little room', () => {
    const lines = shown([{ kind: 'ended', at: at(2), phase: 'decide', step: 'ChooseRecoveryPoints' }], 40);
    expect(lines).toEqual(['fault', '   +0:00 ! loss', 'decide', '   +0:02 ✓ ChooseRecoveryPoints']);
  });
});
