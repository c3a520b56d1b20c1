import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Answers } from './ask.ts';
import { ROWS } from './rows/all.ts';

const FILE = 'src/rehearsal/real-velero.yaml';
const COMMAND = 'RECORD=velero npm run test:real -- test/real/velero.test.ts';
const HEAD = ` What the real Velero v1.18.3 did in each case, which the twin does too but for what is listed as different.
 Written by: ${COMMAND}`;

/** Whether somebody wants what is seen now to be what is expected from now on. */
export const recording = (): boolean => process.env.RECORD === 'velero';

export function record(answers: Answers): void {
  const rows = [...ROWS.east, ...ROWS.west].map(({ title, source }) => {
    const seen = answers.get(title);
    if (seen === undefined || 'failed' in seen) throw new Error(`${title}: ${seen?.failed ?? 'was not asked'}`);
    return [title, { source, seen }];
  });
  const text = stringify(Object.fromEntries(rows), { lineWidth: 120 });
  writeFileSync(FILE, `${HEAD.replace(/^/gm, '#')}\n${text}`);
}
