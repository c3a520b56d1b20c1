import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import type { Rehearsal } from '../../src/rehearsal/result.ts';
import { parseScenario } from '../../src/rehearsal/scenario.ts';
import { planForScenario } from '../../src/rehearsal/scenario-plan.ts';

/** The region loss as it is shipped, with a plan and manifests of one's own. @param set changes of the plan */
async function lossOf(planFile: string, workloads: string, set = ''): Promise<Rehearsal> {
  const file = 'scenarios/region-loss.yaml';
  const text = readFileSync(file, 'utf8').replace('decision.approval: automatic', (before) => `${before}${set}`);
  const parsed = parseScenario(text, file);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const planned = planForScenario(parsed, file, readFileSync(planFile, 'utf8'), planFile);
  if ('problems' in planned) throw new Error(planned.problems.join('\n'));
  const { scenario } = parsed;
  const { plan, input: planInput } = planned;
  return rehearse({ scenario, plan, planInput, workloads: resolve(workloads), seed: 1, repeat: '' });
}

describe('a plan that promises more than its backups allow', () => {
  it('is recovered whole, and told by how much it broke its promise', async () => {
    const { summary, problems } = await lossOf('examples/infeasible.yaml', 'examples/knative-lambda');
    expect(summary.outcome).toBe('recovered');
    expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
    expect(problems).toHaveLength(2);
    for (const problem of problems) expect(problem).toMatch(/^tier critical lost \d+h .* 15m at most$/);
  }, 120_000);
});

describe('a plan whose backups S3 encrypts with its own keys', () => {
  it('is recovered like one with keys of its own, with nothing denied', async () => {
    const set = ', stores.backups.encryption: s3';
    const { summary } = await lossOf('lifeboat.yaml', 'examples/knative-lambda', set);
    expect([summary.outcome, summary.calls.denied]).toEqual(['recovered', 0]);
    expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
  }, 120_000);
});
