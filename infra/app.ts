import { readFileSync } from 'node:fs';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { parsePlan } from '../src/plan/parse.ts';
import { problemLine } from '../src/plan/problem.ts';
import { synthesize } from './synthesize.ts';

/** What the `cdk` command hands over: https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/cxapi.ts */
const context: Record<string, unknown> = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}');
const outdir = process.env.CDK_OUTDIR ?? 'cdk.out';

const addNag = (app: App): void => Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const file = String(context.plan ?? 'lifeboat.yaml');
const parsed = readPlan(file);
if ('problems' in parsed) {
  for (const problem of parsed.problems) console.error(problem);
  process.exitCode = 2;
} else synthesize(parsed.plan, parsed.input, { outdir, bundle: context.bundle !== 'off', judge: addNag });

function readPlan(path: string) {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { problems: [`${path}: ${error instanceof Error ? error.message : error}`] };
  }
  const plan = parsePlan(text, path);
  return 'problems' in plan ? { problems: plan.problems.map(problemLine) } : plan;
}
