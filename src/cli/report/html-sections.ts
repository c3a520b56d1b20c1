import type { Rehearsal, TierResult } from '../../rehearsal/result.ts';
import { lengthText } from '../../rehearsal/scenario-time.ts';
import { adviceFor } from '../advice.ts';
import { moment, sinceFault } from '../clock.ts';
import { invariantWords } from '../invariant-words.ts';
import { brokenInvariants, notExercised, verdictOf } from '../verdict.ts';
import { html, type Markup } from './markup.ts';

const section = (id: string, title: string, lead: string, body: Markup): Markup =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<p class="lead">${lead}</p>
<div class="card">${body}</div></section>`;

const table = (caption: string, heads: string[], rows: Markup[]): Markup =>
  html`<table class="stack" role="table"><caption class="hidden">${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows}</tbody></table>`;

export function whatBroke(rehearsal: Rehearsal): Markup | undefined {
  const broken = brokenInvariants(rehearsal.summary);
  if (verdictOf(rehearsal).holds) return undefined;
  const problems = rehearsal.problems.map((problem) => html`<li>${problem}</li>`);
  const invariants = broken.map(
    ({ id, detail }) => html`<li><strong>${id}: ${invariantWords(id).says}.</strong> ${detail}</li>`,
  );
  const advice = adviceFor(rehearsal).map(({ who, how }) => html`<li><strong>${who}:</strong> ${how}.</li>`);
  return html`<section aria-labelledby="broke"><h2 id="broke">What broke</h2>
<div class="card alarm"><ul>${problems}${invariants}</ul>${advice.length === 0 ? undefined : html`<h3>Who must act</h3><ul>${advice}</ul>`}</div></section>`;
}

export function promises({ summary }: Rehearsal): Markup | undefined {
  if (summary.tiers.length === 0) return undefined;
  const rows = summary.tiers.map(
    (tier) => html`<tr role="row"><th role="rowheader" scope="row">${tier.tier}</th>
<td role="cell" class="measure" data-label="Back after">${measure(tier.rtoSeconds, tier.rtoTargetSeconds, 'not back')}</td>
<td role="cell" class="measure" data-label="Lost">${measure(tier.rpoSeconds, tier.rpoTargetSeconds, 'nothing restored')}</td></tr>
`,
  );
  const lead =
    'What each tier was promised, and what its clients met: measured by the twin, not by Lifeboat’s own report.';
  return section(
    'promises',
    'Promises',
    lead,
    table('Tiers against their targets', ['Tier', 'Back after', 'Lost'], rows),
  );
}

function measure(value: number | null, target: TierResult['rtoTargetSeconds'], none: string): Markup {
  if (value === null) return html`<span class="quiet">${none}; ${lengthText(target)} promised</span>`;
  const kept = value <= target;
  const whole = Math.max(value, target);
  const limit = (100 * target) / whole;
  const words = kept ? '✓ kept' : '✗ missed';
  return html`<strong>${lengthText(value)}</strong> of ${lengthText(target)} <span class="verdict ${kept ? 'good' : 'bad'}">${words}</span>
<svg aria-hidden="true" width="100%" height="12"><rect class="track" width="${limit.toFixed(2)}%" height="12" rx="3"/><rect class="${kept ? 'spent' : 'over'}" width="${((100 * value) / whole).toFixed(2)}%" height="12" rx="3"/><line class="limit" x1="${limit.toFixed(2)}%" x2="${limit.toFixed(2)}%" y1="-2" y2="14"/></svg>`;
}

export function losses({ summary }: Rehearsal): Markup | undefined {
  if (summary.stores.every(({ recoveryPoint }) => recoveryPoint === null)) return undefined;
  const rows = summary.stores.map(
    (store) => html`<tr role="row"><th role="rowheader" scope="row">${store.store}</th>
<td role="cell" data-label="Brought back to">${store.recoveryPoint ?? 'not brought back'}</td>
<td role="cell" data-label="Really lost">${spanOf(store.trueLossSeconds)}</td>
<td role="cell" data-label="Reported">${spanOf(store.reportedLossSeconds)}</td></tr>
`,
  );
  const lead =
    'Writes accepted before the fault and not brought back. What is reported must never be less than what was really lost.';
  const heads = ['Store', 'Brought back to', 'Really lost', 'Reported by Lifeboat'];
  return section('losses', 'What was lost', lead, table('Loss of each store', heads, rows));
}

const spanOf = (seconds: number | null): string =>
  seconds === null ? 'not known' : seconds === 0 ? 'nothing' : `the last ${lengthText(seconds)}`;

export function recoveryPoints({ recoveryPoints: points }: Rehearsal): Markup | undefined {
  if (points.length === 0) return undefined;
  const rows = points.map(
    (
      point,
    ) => html`<tr role="row"><th role="rowheader" scope="row">${point.name}${point.chosen ? html` <span class="verdict good">✓ chosen</span>` : undefined}<span class="sub">${moment(point.moment)}</span></th>
<td role="cell" data-label="Verdict">${point.verdict}</td><td role="cell" data-label="Why">${point.reason}</td></tr>
`,
  );
  const lead = 'The newest that can be restored completely is chosen; what has not all arrived is not.';
  return section(
    'points',
    'Recovery points considered',
    lead,
    table('Recovery points', ['Recovery point', 'Verdict', 'Why'], rows),
  );
}

export function invariants({ summary }: Rehearsal): Markup | undefined {
  if (summary.invariants.length === 0) return undefined;
  const rows = summary.invariants.map((one) => {
    const idle = notExercised(one);
    const verdict = idle ? 'not exercised' : one.held ? '✓ held' : '✗ broken';
    const detail = idle || one.detail === '' ? undefined : html`<span class="sub">${one.detail}</span>`;
    return html`<tr role="row"><th role="rowheader" scope="row">${one.id}</th>
<td role="cell" data-label="">${invariantWords(one.id).says}${detail}</td>
<td role="cell" data-label=""><span class="${idle ? 'quiet' : `verdict ${one.held ? 'good' : 'bad'}`}">${verdict}</span></td></tr>
`;
  });
  const lead = 'What must always hold, checked at every moment of the rehearsal.';
  return section('invariants', 'Invariants', lead, table('Invariants', ['Id', 'What must hold', 'Verdict'], rows));
}

export function happenings(rehearsal: Rehearsal): Markup | undefined {
  const zero = rehearsal.faultAt ?? rehearsal.startedAt;
  const faults = rehearsal.faults.map(({ at, text }) => ({ at, what: `Fault: ${text}`, detail: undefined }));
  const all = [...faults, ...rehearsal.marks].toSorted((a, b) => a.at - b.at);
  if (all.length === 0) return undefined;
  const items = all.map(
    ({ at, what, detail }) =>
      html`<li><time datetime="${new Date(at).toISOString()}">${sinceFault(at - zero)}</time><span>${what}${detail === undefined ? undefined : html`<span class="sub">${detail}</span>`}</span></li>
`,
  );
  return section(
    'happenings',
    'What happened',
    'Faults, and what the twin saw of them.',
    html`<ol class="plain">${items}</ol>`,
  );
}

export function notes({ notes: all }: Rehearsal): Markup | undefined {
  if (all.length === 0) return undefined;
  const items = all.map((note) => html`<li>${note}</li>\n`);
  return section(
    'notes',
    'Good to know',
    'What could not be carried over as it was, and what was left out.',
    html`<ul class="plain wide">${items}</ul>`,
  );
}

export const repeat = ({ repeat: command, summary }: Rehearsal): Markup =>
  section(
    'repeat',
    'Repeat it',
    `The same seed gives the same rehearsal, byte for byte. Digest ${summary.digest}.`,
    html`<pre>${command}</pre>`,
  );
