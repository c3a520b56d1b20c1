import type { Progress, ProgressEvent } from '../rehearsal/progress.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';
import { sinceFault, timeOfDay } from './clock.ts';
import { hang, wrap } from './layout.ts';
import { type Output, type Paint, paintFor } from './terminal.ts';

/** Below this the phase stands on a line of its own. */
const WIDE = 60;
const CLOCK = 9;
const PHASE = 8;
/** What differs from what was told only in its numbers is told again no sooner than this, in virtual time. */
const COUNTS_EVERY_MS = 30_000;

type Started = Extract<ProgressEvent, { kind: 'started' }> & { waitTold?: number };

/**
 * Prints what happens as it happens, by the virtual clock since the loss. A step that begins and ends
 * within one displayed second is one line.
 */
export class LiveTimeline implements Progress {
  readonly #output: Output;
  readonly #paint: Paint;
  readonly #running = new Map<string, Started>();
  /** Steps begun in the second being shown, not yet told. */
  readonly #untold = new Set<string>();
  #faults: { at: number; text: string }[] = [];
  #zero = 0;
  #phase = '';

  constructor(output: Output) {
    this.#output = output;
    this.#paint = paintFor(output);
  }

  onStep(event: ProgressEvent): void {
    if (event.kind !== 'begun') this.#tellUntil(event.at);
    switch (event.kind) {
      case 'begun':
        this.#begin(event);
        break;
      case 'mark':
        this.#line(event.at, '', '·', sentence(event.what, event.detail));
        break;
      case 'started':
        this.#running.set(event.step, event);
        this.#untold.add(event.step);
        break;
      case 'waiting':
        this.#wait(event);
        break;
      case 'ended':
        this.#end(event);
        break;
    }
  }

  /** Tells what has not been told yet: call it once, after the last event. */
  finish(): void {
    this.#tellUntil(Number.POSITIVE_INFINITY);
  }

  #begin(event: Extract<ProgressEvent, { kind: 'begun' }>): void {
    this.#faults = event.faults.toSorted((a, b) => a.at - b.at);
    this.#zero = event.lossAt ?? this.#faults[0]?.at ?? event.at;
    const faults = this.#faults.map((fault) => `${timeOfDay(fault.at)} ${fault.text}`);
    const text = [`seed ${event.seed}`, event.scenario, ...(faults.length > 0 ? faults : ['no faults'])].join(' · ');
    // One line, whoever reads it by machine; on a terminal it is broken at words.
    const lines = this.#output.interactive ? wrap(text, this.#output.columns) : [text];
    this.#output.write(`${lines.map((line) => this.#paint.strong(line)).join('\n')}\n`);
  }

  /** What a step waits on is told when it changes; with its beginning, where that has not been told yet. */
  #wait({ at, step, on }: Extract<ProgressEvent, { kind: 'waiting' }>): void {
    const started = this.#running.get(step);
    if (started === undefined || started.waitsOn === on) return;
    const { waitTold = Number.NEGATIVE_INFINITY, waitsOn = '' } = started;
    if (at - waitTold < COUNTS_EVERY_MS && withoutNumbers(on) === withoutNumbers(waitsOn)) return;
    this.#running.set(step, { ...started, waitsOn: on, waitTold: at });
    if (!this.#untold.has(step)) this.#line(at, started.phase, '▸', `${step} … waits on ${on}`);
  }

  #end(event: Extract<ProgressEvent, { kind: 'ended' }>): void {
    const started = this.#running.get(event.step);
    this.#running.delete(event.step);
    this.#untold.delete(event.step);
    const seconds = started === undefined ? 0 : (event.at - started.at) / 1000;
    const took = seconds >= 1 ? `, ${lengthText(seconds)}` : '';
    const text = `${event.step}${took}${event.failed === undefined ? '' : `: ${event.failed}`}`;
    this.#line(event.at, event.phase, event.failed === undefined ? '✓' : '✗', text);
  }

  /** Faults that have struck by now, and steps begun in an earlier second, in order of time. */
  #tellUntil(at: number): void {
    const second = (time: number) => Math.floor((time - this.#zero) / 1000);
    const due = [...this.#untold].flatMap((step) => {
      const started = this.#running.get(step);
      return started !== undefined && second(started.at) < second(at) ? [started] : [];
    });
    while (this.#faults[0] !== undefined && this.#faults[0].at <= at) {
      const fault = this.#faults.shift();
      if (fault === undefined) break;
      for (const step of due.filter((one) => one.at < fault.at)) this.#tell(step);
      this.#line(fault.at, 'fault', '!', fault.text);
    }
    for (const step of due) if (this.#untold.has(step.step)) this.#tell(step);
  }

  #tell(started: Started): void {
    this.#untold.delete(started.step);
    const waits = started.waitsOn === undefined ? '' : ` … waits on ${started.waitsOn}`;
    this.#line(started.at, started.phase, '▸', `${started.step}${waits}`);
  }

  #line(at: number, phase: string, mark: string, text: string): void {
    const clock = sinceFault(at - this.#zero);
    const wide = this.#output.columns >= WIDE;
    if (!wide && phase !== '' && phase !== this.#phase) this.#output.write(`${this.#paint.accent(phase)}\n`);
    const shown = wide && phase === this.#phase ? '' : phase;
    if (phase !== '') this.#phase = phase;
    const lead = wide
      ? `${clock.padStart(CLOCK)}  ${shown.padEnd(PHASE)} ${mark} `
      : `${clock.padStart(CLOCK - 1)} ${mark} `;
    for (const line of hang(lead, text, this.#output.columns)) this.#output.write(`${this.#painted(mark, line)}\n`);
  }

  #painted(mark: string, line: string): string {
    if (mark === '✗' || mark === '!') return this.#paint.bad(line);
    return mark === '✓' ? line.replace('✓', this.#paint.good('✓')) : mark === '▸' ? this.#paint.quiet(line) : line;
  }
}

const withoutNumbers = (text: string): string => text.replace(/\d+/g, '#');

const sentence = (what: string, detail: string | undefined): string =>
  detail === undefined || detail === '' ? what : `${what}: ${detail}`;
