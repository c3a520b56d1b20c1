import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize.ts';
import type { Plan, PlanInput } from '../plan/schema.ts';
import { type Assembly, readAssembly } from './assembly/assembly.ts';

const assemblies = new WeakMap<PlanInput, Assembly>();

/** The cloud assembly of a plan, as `cdk synth` would write it; once per plan and process. */
export function synthesized(plan: Plan, input: PlanInput): Assembly {
  const known = assemblies.get(input);
  if (known !== undefined) return known;
  const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-'));
  try {
    synthesize(plan, input, { outdir, bundle: false });
    const assembly = readAssembly(outdir);
    assemblies.set(input, assembly);
    return assembly;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
