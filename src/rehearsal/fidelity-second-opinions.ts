import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { table } from './fidelity-table.ts';

/** Something that moto does otherwise than the twin; `right` is open where no document decides. */
type Difference = { asked: string; twin: string; moto: string; right: 'twin' | 'moto' | 'open'; source: string };

/** By the name that the contract suite knows each by. */
export const SECOND_OPINIONS: Record<string, Difference> = parse(
  readFileSync(new URL('./second-opinions.yaml', import.meta.url), 'utf8'),
);

const AS_THE_DOCUMENT: Record<Difference['right'], string> = {
  twin: 'the twin',
  moto: 'moto',
  open: 'no document decides',
};

export function secondOpinions(): string {
  const rows = Object.values(SECOND_OPINIONS).map(({ asked, twin, moto, right, source }) => [
    ...[asked, twin, moto],
    `[${AS_THE_DOCUMENT[right]}](${source})`,
  ]);
  return `## Second opinions

Every method of every gateway to AWS asks the twin and moto's server the same, and is answered the same; state machines
of every kind go the same way on both: outcome, output, error and order of events (\`npm run test:second-opinion\`). But
for these, each of which the suite looks at too:

${table(['Asked', 'Twin', 'moto 5.2.1', 'As the document says'], rows)}

The templates pass cfn-lint, but for E3601, which takes every state machine for JSONPath.`;
}
