import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parsePlan } from '../../src/plan/parse.ts';
import { fidelityPage } from '../../src/rehearsal/fidelity.ts';
import { refusals } from '../../src/rehearsal/fidelity-sources.ts';

describe('docs/fidelity.md', () => {
  it('is in step with the twin; `npm run fidelity` writes it', () => {
    const parsed = parsePlan(readFileSync('lifeboat.yaml', 'utf8'), 'lifeboat.yaml');
    if ('problems' in parsed) throw new Error('lifeboat.yaml cannot be read');
    expect(readFileSync('docs/fidelity.md', 'utf8')).toBe(fidelityPage(parsed.plan));
  });

  it('finds what ends a rehearsal in each of the ways that the sources say it', () => {
    const whats = refusals().map(({ what }) => what);
    expect(whats).toContain('an Express state machine');
    expect(whats).toContain('restoring a native snapshot');
    expect(whats).toContain('the Distributed Map ‹state›');
    expect(whats).toContain('the fault ‹kind›');
  });
});
