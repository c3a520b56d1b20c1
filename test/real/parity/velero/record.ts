import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { veleroSeen } from '../../../../src/rehearsal/fidelity-velero.ts';
import type { Answers } from './ask.ts';
import { STORIES } from './rows/all.ts';

const FILE = 'src/rehearsal/real-velero.yaml';
const COMMAND = 'RECORD=velero npm run test:real -- test/real/velero-by';
const HEAD = ` What the real Velero v1.18.3 did in each case, which the twin does too but for what is listed as different.
 Written by: ${COMMAND}`;

/** Whether somebody wants what is seen now to be what is expected from now on. */
export const recording = (): boolean => process.env.RECORD === 'velero';

/** Of a story that was not asked, what was written down before stays. */
export function record(answers: Answers): void {
  const before = veleroSeen();
  const all = STORIES.flatMap(([, { east, west }]) => [...east, ...west]);
  const rows = all.flatMap(({ title, source }) => {
    const seen = answers.get(title) ?? before[title]?.seen;
    if (seen !== undefined && 'failed' in seen) throw new Error(`${title}: ${seen.failed}`);
    return seen === undefined ? [] : [[title, { source, seen }] as const];
  });
  const text = stringify(Object.fromEntries(rows), { lineWidth: 120 });
  writeFileSync(FILE, `${HEAD.replace(/^/gm, '#')}\n${text}`);
}
