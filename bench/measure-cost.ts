import { monthlyCost } from '../infra/cost.ts';
import type { Template } from '../infra/template.ts';
import { deployed, regionLoss } from './example.ts';
import type { Row } from './row.ts';

const BUDGET_USD = 15;

/** What the templates cost in a month in which nothing happens. */
export function measureCost(): Row[] {
  const { platform, assembly } = deployed(regionLoss());
  const templates = assembly.stacks.map(({ template }) => template as Template);
  const { totals } = monthlyCost(templates, platform.plan);
  const dollars = (usd: number): string => `$${usd.toFixed(2)}`;
  return [
    {
      what: 'control plane, idle, a month',
      measured: dollars(totals.controlPlane),
      budget: `$${BUDGET_USD}`,
      misses: totals.controlPlane > BUDGET_USD,
    },
    { what: '  what comes with replicated backups, besides their gigabytes', measured: dollars(totals.backups) },
    { what: '  entry points made ahead, of the posture', measured: dollars(totals.entryPoints) },
    { what: `  standby capacity, of the posture ${platform.plan.posture}`, measured: dollars(totals.standby) },
  ];
}
