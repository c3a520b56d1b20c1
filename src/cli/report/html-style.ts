/** Sheet of the report: light, dark and paper, from a phone to a wide screen. Colours never stand alone for a meaning. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f5f3ee; --card: #fffefb; --ink: #16202a; --soft: #53606c; --line: #dcd7cb; --track: #e9e5db;
  --good: #0a6558; --good-tint: #e0f0ec; --bad: #b0271d; --bad-tint: #fae7e4; --buoy: #d9501e;
  --detect: #7a5bbd; --decide: #b04f8c; --fence: #a3651a; --prepare: #2b78b0; --recover: #0b7567; --validate: #55832a;
  --shift: #4253c4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f151b; --card: #172029; --ink: #e9eef3; --soft: #a3b2c0; --line: #2b3843; --track: #24303a;
    --good: #62d2bd; --good-tint: #14332f; --bad: #ff8f80; --bad-tint: #3b1f1d; --buoy: #f26a36;
    --detect: #ab92ea; --decide: #df8abf; --fence: #d99b4a; --prepare: #68b3e8; --recover: #3fbfa9; --validate: #98c763;
    --shift: #8f9df5;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
.rope { height: 8px; background: repeating-linear-gradient(90deg, var(--buoy) 0 64px, var(--card) 64px 128px); }
main, .hero > div, footer { max-width: 1080px; margin: 0 auto; padding: 0 32px; }
.hero { background: var(--card); border-bottom: 1px solid var(--line); padding: 36px 0 32px; }
.kicker { display: flex; align-items: center; gap: 10px; margin: 0 0 22px; color: var(--soft); font-weight: 600; }
.kicker svg { width: 26px; height: 26px; flex: none; }
h1 { margin: 0; font-size: clamp(1.75rem, 1.2rem + 2.6vw, 3rem); line-height: 1.12; letter-spacing: -0.02em; }
h1 .mark { margin-right: 0.3em; }
.holds .mark, .good { color: var(--good); } .fails .mark, .bad { color: var(--bad); }
.hero .sentence { margin: 10px 0 0; font-size: 1.2rem; color: var(--soft); max-width: 46em; }
dl.meta { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 16px 24px; margin: 28px 0 0; }
dl.meta dt { font-size: 0.8125rem; color: var(--soft); } dl.meta dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
section { margin: 44px 0; }
h2 { margin: 0 0 4px; font-size: 1.375rem; letter-spacing: -0.01em; line-height: 1.25; }
.lead { margin: 0 0 16px; color: var(--soft); max-width: 44em; overflow-wrap: anywhere; }
.card { position: relative; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
h2 + .card { margin-top: 14px; }
.alarm { border-left: 6px solid var(--bad); padding: 18px 24px; }
.alarm h3 { margin: 0 0 4px; font-size: 1rem; } .alarm h3:not(:first-child) { margin-top: 16px; }
.alarm ul { margin: 0; padding-left: 1.2em; overflow-wrap: anywhere; } .alarm p { margin: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 9px 16px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { font-size: 0.8125rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
td.number, th.number { text-align: right; white-space: nowrap; }
.sub { display: block; font-weight: 400; font-size: 0.875rem; color: var(--soft); }
.name { overflow-wrap: break-word; }
.verdict { font-weight: 600; white-space: nowrap; }
.quiet { color: var(--soft); }
svg { display: block; overflow: visible; }
.track { fill: var(--track); } .spent { fill: var(--good); } .over { fill: var(--bad); } .limit { stroke: var(--ink); stroke-width: 2; }
.measure svg { margin-top: 6px; }
.grid { stroke: var(--line); stroke-width: 1; } .zoom { fill: var(--track); opacity: 0.75; }
svg text { fill: var(--soft); font-size: 12px; }
.point { fill: var(--buoy); stroke: var(--card); stroke-width: 2; }
.detect { fill: var(--detect); } .decide { fill: var(--decide); } .fence { fill: var(--fence); }
.prepare { fill: var(--prepare); } .recover { fill: var(--recover); } .validate { fill: var(--validate); }
.shift { fill: var(--shift); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 0 0 14px; padding: 0; list-style: none; font-size: 0.9375rem; }
.legend svg, .phase svg { display: inline-block; width: 11px; height: 11px; margin-right: 7px; vertical-align: -0.5px; }
.steps { padding: 10px 0; }
.steps table { table-layout: fixed; }
.steps col.phase-column { width: 108px; } .steps col.step-column { width: 33%; } .steps col.took-column { width: 92px; }
.steps th, .steps td { padding: 5px 12px; } .steps td.bar { position: relative; padding-left: 0; padding-right: 0; vertical-align: middle; }
.steps .ticks { position: absolute; inset: 0; height: 100%; } .steps .bar svg + svg { position: relative; }
.steps tbody tr + tr > * { border-top: 0; }
.steps tbody th { font-size: 0.9375rem; } .steps .phase, .steps .took { font-size: 0.875rem; color: var(--soft); }
.steps .took { text-align: right; white-space: nowrap; }
.steps tr.budget > * { padding-bottom: 0; } .steps tr.scale > * { padding-top: 0; }
.steps tr.path > * { border-bottom: 1px solid var(--line); padding-bottom: 12px; } .steps tr.path + tr > * { padding-top: 12px; }
ul.plain, ol.plain { margin: 0; padding: 4px 0; list-style: none; }
.plain li { padding: 9px 16px; display: grid; grid-template-columns: 92px 1fr; gap: 12px; overflow-wrap: anywhere; }
.plain li + li { border-top: 1px solid var(--line); }
.plain.wide li { grid-template-columns: 1fr; }
.plain time { color: var(--soft); }
pre { margin: 0; padding: 16px 20px; white-space: pre-wrap; overflow-wrap: anywhere; }
pre, code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.9375rem; }
.digest { margin: 0; padding: 0 20px 14px; color: var(--soft); font-size: 0.875rem; overflow-wrap: anywhere; }
footer { padding-top: 4px; padding-bottom: 56px; color: var(--soft); font-size: 0.875rem; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 700px) {
  main, .hero > div, footer { padding-left: 18px; padding-right: 18px; }
  .hero { padding: 24px 0; } section { margin: 34px 0; }
  dl.meta { grid-template-columns: 1fr 1fr; }
  table.stack thead, .steps thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stack tr { display: block; padding: 12px 16px; } table.stack tbody tr + tr { border-top: 1px solid var(--line); }
  table.stack th, table.stack td { display: block; padding: 3px 0; border: 0 !important; text-align: left; }
  table.stack td::before { content: attr(data-label) " "; color: var(--soft); font-size: 0.875rem; }
  table.stack td:empty { display: none; }
  .steps table, .steps tbody { display: block; }
  .steps tr { display: grid; grid-template-columns: 1fr auto; padding: 5px 14px; }
  .steps th, .steps td { padding: 0 !important; border: 0 !important; }
  .steps .phase { grid-column: 1; } .steps .took { grid-column: 2; grid-row: 1; }
  .steps th { grid-column: 1 / 3; } .steps td.bar { grid-column: 1 / 3; margin-top: 4px; }
  .steps tr.scale, .steps tr.budget { padding-top: 0; padding-bottom: 0; } .steps tr.path { border-bottom: 1px solid var(--line); padding-bottom: 12px; margin-bottom: 8px; }
  .plain li { grid-template-columns: 1fr; gap: 0; }
  .alarm { padding: 14px 18px; }
}
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --track: #e6e6e6;
    --good: #0a6558; --good-tint: #fff; --bad: #b0271d; --bad-tint: #fff;
    --detect: #7a5bbd; --decide: #b04f8c; --fence: #a3651a; --prepare: #2b78b0; --recover: #0b7567; --validate: #55832a;
    --shift: #4253c4;
  }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { font-size: 10.5pt; } section { margin: 22pt 0; }
  main, .hero > div, footer { max-width: none; padding-left: 0; padding-right: 0; } .hero { padding: 10pt 0; }
  tr, li, .alarm { break-inside: avoid; } h2, .lead, thead { break-after: avoid; }
}
`;
