import { PHASES, type Phase, type Rehearsal, type Step } from '../../rehearsal/result.ts';
import { lengthText } from '../../rehearsal/scenario-time.ts';
import { sinceFault } from '../clock.ts';
import { html, type Markup } from './markup.ts';

const TICKS_MAX = 5;
/** Seconds between ticks that people can count by. */
const TICK_STEPS = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** From when to when the steps are drawn, in seconds since the fault. */
type Axis = { from: number; to: number };

/** Phases and steps by the clock since the fault, and what of the budget they took. */
export function timeline(rehearsal: Rehearsal): Markup | undefined {
  const { summary, steps } = rehearsal;
  if (steps.length === 0) return undefined;
  const zero = rehearsal.faultAt ?? rehearsal.startedAt;
  const ends = steps.map((step) => (step.endedAt - zero) / 1000);
  const axis = {
    from: Math.min(0, ...steps.map((step) => (step.startedAt - zero) / 1000)),
    to: Math.max(1, ...ends, summary.rtoSeconds ?? 0),
  };
  const byStart = steps.toSorted((a, b) => a.startedAt - b.startedAt);
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<p class="lead">Every step by the clock since ${rehearsal.faultAt === null ? 'the start' : 'the fault'}, in ${rehearsal.time} time.</p>
${summary.phases === null ? undefined : legend(summary.phases)}
<div class="card steps"><table role="table"><colgroup><col class="phase-column"><col class="step-column"><col><col class="took-column"></colgroup>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Phase</th><th scope="col" role="columnheader">Step</th><th scope="col" role="columnheader" class="bar"><span class="hidden">When</span></th><th scope="col" role="columnheader" class="took">Took</th></tr></thead>
<tbody role="rowgroup">${budgetRows(rehearsal, axis)}${criticalPath(rehearsal, axis)}${byStart.map((step) => stepRow(step, zero, axis))}${tierRows(rehearsal, axis)}</tbody></table></div></section>`;
}

function legend(phases: Record<Phase, number>): Markup {
  const items = PHASES.map((phase) => html`<li>${swatch(phase)}${phase} ${lengthText(phases[phase])}</li>`);
  return html`<ul class="legend" aria-label="Where the time went">${items}</ul>`;
}

const swatch = (phase: Phase): Markup =>
  html`<svg aria-hidden="true" viewBox="0 0 11 11"><rect class="${phase}" width="11" height="11" rx="3"/></svg>`;

const row = (className: string, phase: Markup | string, name: Markup | string, bar: Markup, took: string): Markup =>
  html`<tr role="row" class="${className}"><td role="cell" class="phase">${phase}</td><th role="rowheader" scope="row">${name}</th><td role="cell" class="bar">${bar}</td><td role="cell" class="took">${took}</td></tr>
`;

/** What the tier that was back last was promised, how much of it is spent, and that part drawn wide below. */
function budgetRows({ summary }: Rehearsal, axis: Axis): Markup | undefined {
  const { rtoSeconds, phases } = summary;
  const last = summary.tiers.toSorted((a, b) => (b.rtoSeconds ?? -1) - (a.rtoSeconds ?? -1))[0];
  if (rtoSeconds === null || phases === null || last === undefined) return undefined;
  const budget = last.rtoTargetSeconds;
  const whole = Math.max(budget, axis.to);
  const left = budget - rtoSeconds;
  const words = left >= 0 ? `${lengthText(left)} to spare` : `${lengthText(-left)} too late`;
  const shown = percent(Math.min(1, axis.to / whole));
  const strip = html`<svg width="100%" height="16" role="img" aria-label="${lengthText(rtoSeconds)} of ${lengthText(budget)}: ${words}"><rect class="track" width="${percent(budget / whole)}%" height="16" rx="3"/>${segments(phases, { from: 0, to: whole }, 16)}<line class="limit" x1="${percent(budget / whole)}%" x2="${percent(budget / whole)}%" y1="-3" y2="19"/></svg><svg aria-hidden="true" width="100%" height="22" viewBox="0 0 100 22" preserveAspectRatio="none"><polygon class="zoom" points="0,0 ${shown},0 100,22 0,22"/></svg>`;
  return row(
    'budget',
    'budget',
    html`${lengthText(budget)} for ${last.tier}<span class="sub">${words}</span>`,
    strip,
    lengthText(rtoSeconds),
  );
}

function criticalPath({ summary: { phases, rtoSeconds } }: Rehearsal, axis: Axis): Markup {
  const scale = row('scale', '', '', scaleOf(axis), '');
  if (phases === null || rtoSeconds === null) return scale;
  const words = PHASES.map((phase) => `${phase} ${lengthText(phases[phase])}`).join(', ');
  const bar = html`${gridLines(axis)}<svg width="100%" height="22" role="img" aria-label="${words}">${segments(phases, axis, 22)}</svg>`;
  return html`${scale}${row('path', 'all phases', 'Critical path', bar, lengthText(rtoSeconds))}`;
}

function segments(phases: Record<Phase, number>, axis: Axis, height: number): Markup[] {
  let from = 0;
  return PHASES.map((phase) => {
    const start = from;
    from += phases[phase];
    const width = percent(phases[phase] / (axis.to - axis.from));
    return html`<rect class="${phase}" x="${place(start, axis)}%" width="${width}%" height="${height}"><title>${phase} ${lengthText(phases[phase])}</title></rect>`;
  });
}

function stepRow(step: Step, zero: number, axis: Axis): Markup {
  const from = (step.startedAt - zero) / 1000;
  const to = (step.endedAt - zero) / 1000;
  const when = `${sinceFault(step.startedAt - zero)} to ${sinceFault(step.endedAt - zero)}`;
  const width = Math.max(0.3, percent((to - from) / (axis.to - axis.from)));
  const bar = html`${gridLines(axis)}<svg width="100%" height="18" role="img" aria-label="${when}"><rect class="${step.phase}" x="${place(from, axis)}%" width="${width}%" y="3" height="12" rx="3"><title>${when}</title></rect></svg>`;
  const detail = step.detail === undefined ? undefined : html`<span class="sub">waited on ${step.detail}</span>`;
  return row('step', html`${swatch(step.phase)}${step.phase}`, html`${step.name}${detail}`, bar, lengthText(to - from));
}

function tierRows({ summary }: Rehearsal, axis: Axis): Markup[] {
  return summary.tiers.flatMap(({ tier, rtoSeconds }) => {
    if (rtoSeconds === null) return [];
    const at = place(rtoSeconds, axis);
    const bar = html`${gridLines(axis)}<svg width="100%" height="18" role="img" aria-label="at ${sinceFault(rtoSeconds * 1000)}"><circle class="point" cx="${at}%" cy="9" r="7"/></svg>`;
    return [row('tier', 'clients', `${tier} answered by the standby`, bar, sinceFault(rtoSeconds * 1000))];
  });
}

function ticksOf({ from, to }: Axis): number[] {
  const step = TICK_STEPS.find((candidate) => (to - from) / candidate <= TICKS_MAX) ?? to - from;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}

/** Labels stand inside the drawing at both of its ends. */
function scaleOf(axis: Axis): Markup {
  const labels = ticksOf(axis).map((tick) => {
    const x = place(tick, axis);
    const anchor = x < 4 ? 'start' : x > 94 ? 'end' : 'middle';
    return html`<text x="${x}%" y="12" text-anchor="${anchor}">${sinceFault(tick * 1000)}</text>`;
  });
  return html`<svg aria-hidden="true" width="100%" height="18">${labels}</svg>`;
}

function gridLines(axis: Axis): Markup {
  const lines = ticksOf(axis).map((tick) => {
    const x = place(tick, axis);
    return html`<line class="grid" x1="${x}%" x2="${x}%" y1="0" y2="100%"/>`;
  });
  return html`<svg class="ticks" aria-hidden="true" width="100%" height="100%">${lines}</svg>`;
}

const percent = (share: number): number => Math.round(share * 100_000) / 1000;
const place = (seconds: number, { from, to }: Axis): number => percent((seconds - from) / (to - from));
