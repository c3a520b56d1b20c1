import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { FIGURES } from '../../src/plan/feasibility-figures.ts';

type Latency = { p50: number; p90: number } | { fixed: number };

/** What the twin draws from. */
const latencies = parse(readFileSync('src/rehearsal/latencies.yaml', 'utf8')) as Record<string, Latency>;

describe('the figures of the arithmetic', () => {
  it.each(Object.entries(FIGURES))('%s is as a rehearsal draws it, with a source', (name, { p50, p90, source }) => {
    const drawn = latencies[name];
    if (drawn === undefined) throw new Error(`no latency named ${name}`);
    expect({ p50, p90 }).toEqual(
      'fixed' in drawn ? { p50: drawn.fixed, p90: drawn.fixed } : { p50: drawn.p50, p90: drawn.p90 },
    );
    expect(source).not.toBe('');
  });
});
