import type { Rehearsal } from '../../rehearsal/result.ts';
import { lengthText } from '../../rehearsal/scenario-time.ts';
import { moment } from '../clock.ts';
import { verdictOf } from '../verdict.ts';
import { happenings, invariants, losses, notes, promises, recoveryPoints, repeat, whatBroke } from './html-sections.ts';
import { STYLE } from './html-style.ts';
import { timeline } from './html-timeline.ts';
import { html, Markup } from './markup.ts';

/** Forbids the page whatever it does not need: it loads nothing and runs nothing. https://www.w3.org/TR/CSP3/ */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const BUOY = new Markup(
  '<svg aria-hidden="true" viewBox="0 0 32 32" fill="none"><circle cx="16" cy="16" r="10.5" stroke="var(--line)" stroke-width="9"/><circle cx="16" cy="16" r="10.5" stroke="var(--buoy)" stroke-width="9" stroke-dasharray="8.25 8.25"/></svg>',
);

/** The whole report as one page that needs nothing besides itself. */
export function reportHtml(rehearsal: Rehearsal): string {
  const { summary, plan } = rehearsal;
  const title = `${verdictOf(rehearsal).title} · ${summary.scenario} · ${plan.name}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="color-scheme" content="light dark">
<title>${title}</title><link rel="icon" href="data:,"><style>${new Markup(STYLE)}</style></head>
<body>${hero(rehearsal)}
<main>${whatBroke(rehearsal)}
${promises(rehearsal)}
${timeline(rehearsal)}
${losses(rehearsal)}
${recoveryPoints(rehearsal)}
${invariants(rehearsal)}
${happenings(rehearsal)}
${notes(rehearsal)}
${repeat(rehearsal)}</main>
${footer(rehearsal)}</body></html>
`;
  return page.text;
}

function hero(rehearsal: Rehearsal): Markup {
  const { summary, plan, startedAt, time } = rehearsal;
  const { holds, title, sentence } = verdictOf(rehearsal);
  const facts: [string, string][] = [
    ['Scenario', summary.scenario],
    ['Seed', String(summary.seed)],
    [time === 'real' ? 'Starts at' : 'Starts at, virtually', moment(startedAt)],
    ['Primary', plan.primary],
    ['Standby', plan.standby],
    ['Control', plan.control],
    ...(plan.witness === null ? [] : [['Witness', plan.witness] as [string, string]]),
  ];
  return html`<header class="hero ${holds ? 'holds' : 'fails'}"><div>
<p class="kicker">${BUOY}Lifeboat rehearsal of ${plan.name}</p>
<h1><span class="mark" aria-hidden="true">${holds ? '✓' : '✗'}</span>${title}</h1>
<p class="sentence">${sentence}</p>
<dl class="meta">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div></header><div class="rope" aria-hidden="true"></div>`;
}

const PARTS = {
  virtual: 'a simulated AWS and Kubernetes, with nothing real touched.',
  real: 'a simulated AWS, with Kubernetes, Velero and S3 by real parts on one machine.',
};

function footer({ summary, plan, time }: Rehearsal): Markup {
  const { calls } = summary;
  return html`<footer>${calls.total} AWS calls: ${calls.denied} denied, ${calls.primaryRegion} to ${plan.primary} after its loss, ${calls.usEast1ControlPlane} to a control plane in us-east-1. ${summary.transitions} transitions of state machines. ${lengthText(summary.virtualSeconds)} of ${time} time. Made by Lifeboat’s twin: ${PARTS[time]}</footer>`;
}
