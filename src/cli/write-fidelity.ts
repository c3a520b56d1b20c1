import { readFileSync, writeFileSync } from 'node:fs';
import { parsePlan } from '../plan/parse.ts';
import { fidelityPage } from '../rehearsal/fidelity.ts';

/** Writes docs/fidelity.md from the twin's code. Run it after a change of the twin: `npm run fidelity`. */
const ROOT = new URL('../../', import.meta.url);
const parsed = parsePlan(readFileSync(new URL('lifeboat.yaml', ROOT), 'utf8'), 'lifeboat.yaml');
if ('problems' in parsed) throw new Error('lifeboat.yaml cannot be read');
writeFileSync(new URL('docs/fidelity.md', ROOT), fidelityPage(parsed.plan));
