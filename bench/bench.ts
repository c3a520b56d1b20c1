import { measureBundles } from './measure-bundles.ts';
import { measureCampaign } from './measure-campaign.ts';
import { measureCost } from './measure-cost.ts';
import { measureGrowth } from './measure-growth.ts';
import { measureRecovery, recoveryNote } from './measure-recovery.ts';
import { measureRehearsals } from './measure-rehearsals.ts';
import { headline, noteText, type Row, rowText } from './row.ts';

/** Prints what is measured beside what was promised: `npm run bench`, or `npm run bench -- --quick` for a first look. */
const EFFORT = { rehearsals: 5, campaignRuns: 12, boundSeeds: 5, imports: 3 };
const QUICK = { rehearsals: 2, campaignRuns: 4, boundSeeds: 2, imports: 1 };

function print(rows: Row[], note?: string): void {
  for (const row of rows) console.log(rowText(row));
  if (note !== undefined) console.log(noteText(note));
  console.log();
}

async function bench(quick: boolean): Promise<void> {
  const effort = quick ? QUICK : EFFORT;
  console.log(headline());
  print(await measureRehearsals(effort.rehearsals));
  const { rows, rtoSeconds } = await measureCampaign(effort.campaignRuns);
  print(rows);
  print(
    await measureBundles(effort.imports),
    'Imports are of this machine; a Lambda has one vCPU at 1,769 MB, and less with less memory.',
  );
  print(await measureRecovery(rtoSeconds, effort.boundSeeds), recoveryNote());
  print(measureCost());
  print(await measureGrowth());
}

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--quick');
if (unknown === undefined) await bench(options.includes('--quick'));
else {
  console.error(`bench: unknown option ${unknown}; there is --quick`);
  process.exitCode = 2;
}
