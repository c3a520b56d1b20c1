import type { CampaignRun } from '../rehearsal/campaign-run.ts';
import { type Output, paintFor } from './terminal.ts';

const REDRAW_MS = 100;

/** How far a campaign is: one line, redrawn, on a terminal; nothing anywhere else. */
export class CampaignProgress {
  readonly #output: Output;
  readonly #runs: number;
  #done = 0;
  #failed = 0;
  #drawnAt = 0;

  constructor(output: Output, runs: number) {
    this.#output = output;
    this.#runs = runs;
  }

  onRun(run: CampaignRun, elapsedMs: number): void {
    this.#done++;
    if (!run.holds) this.#failed++;
    if (!this.#output.interactive || elapsedMs - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = elapsedMs;
    const rate = Math.round((this.#done * 60_000) / elapsedMs);
    const text = `${this.#done} of ${this.#runs} · ${rate} a minute · ${this.#failed} failed`;
    this.#draw(paintFor(this.#output).quiet(text.slice(0, this.#output.columns - 1)));
  }

  finish(): void {
    if (this.#output.interactive) this.#draw('');
  }

  /** Back to the start of the line, and what was there is cleared. https://man7.org/linux/man-pages/man4/console_codes.4.html */
  #draw(text: string): void {
    this.#output.write(`\r\u001b[K${text}`);
  }
}
