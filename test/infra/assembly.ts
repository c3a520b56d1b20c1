import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize.ts';
import type { Resource, Template } from '../../infra/template.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { type Plan, type PlanInput, planSchema } from '../../src/plan/schema.ts';

/** A cloud assembly, by the stack's part of the name: primary, standby, control, signals, witness. */
export type Assembly = {
  plan: Plan;
  templates: Record<string, Template>;
  /** Each stack's environment, such as aws://unknown-account/us-east-1. */
  environments: Record<string, string>;
};

type Variation = { change?: (input: PlanInput) => PlanInput; context?: Record<string, string> };

const same = (input: PlanInput): PlanInput => input;

/** Synthesizes a plan as a rehearsal does, in process and unbundled. */
export function assemble(file = 'lifeboat.yaml', { change = same, context = {} }: Variation = {}): Assembly {
  const parsed = parsePlan(readFileSync(file, 'utf8'), file);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const input = change(parsed.input);
  const plan = planSchema.parse(input);
  const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
  try {
    synthesize(plan, input, { outdir, bundle: false, context });
    return { plan, ...readAssembly(outdir, plan) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

type Manifest = {
  artifacts: Record<string, { type: string; environment: string; properties: { templateFile: string } }>;
};

function readAssembly(outdir: string, plan: Plan): Omit<Assembly, 'plan'> {
  const manifest: Manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const templates: Record<string, Template> = {};
  const environments: Record<string, string> = {};
  for (const [name, artifact] of Object.entries(manifest.artifacts)) {
    if (artifact.type !== 'aws:cloudformation:stack') continue;
    const stack = name.slice(`lifeboat-${plan.name}-`.length);
    templates[stack] = JSON.parse(readFileSync(join(outdir, artifact.properties.templateFile), 'utf8'));
    environments[stack] = artifact.environment;
  }
  return { templates, environments };
}

export type Placed = Resource & { stack: string; id: string };

/** Every resource of every stack, or those of a type. */
export function resources({ templates }: Assembly, type?: string): Placed[] {
  return Object.entries(templates)
    .flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([id, resource]) => ({ ...resource, stack, id })),
    )
    .filter((resource) => type === undefined || resource.Type === type);
}

/** A value with the account written in, and references by their logical ids. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value as Record<string, unknown>;
  if (Ref === 'AWS::AccountId') return '111122223333';
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (typeof sub === 'string') return sub;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(text).join('');
  return JSON.stringify(value);
}
