import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Plan, PlanInput } from '../src/plan/schema.ts';
import { ControlStack } from './control-stack.ts';
import { withFunctionCode } from './function-code.ts';
import { Names } from './names.ts';
import { PrimaryStack } from './primary-stack.ts';
import { SignalsStack } from './signals-stack.ts';
import type { Given } from './stack.ts';
import { StandbyStack } from './standby-stack.ts';
import { WitnessStack } from './witness-stack.ts';

export type SynthesisOptions = {
  /** Where the templates and assets go. */
  outdir: string;
  /** Whether functions are bundled. A rehearsal runs them from their sources and needs none. */
  bundle: boolean;
  /**
   * Attaches what judges the templates before they are written, besides CloudFormation's own rules. Without it
   * neither looks: they change nothing in the templates, and take several times as long as making them.
   */
  judge?: (app: App) => void;
  /** What the `cdk` command takes with `-c`: `replication: 'off'`, `kubernetesVersion`. */
  context?: Record<string, string>;
};

/** Writes the cloud assembly of a plan: one template per stack, directly in `outdir`. */
export function synthesize(plan: Plan, input: PlanInput, options: SynthesisOptions): void {
  withFunctionCode(input, options.bundle, (code) => {
    const judged = options.judge !== undefined;
    const app = new App({
      outdir: options.outdir,
      context: { ...cdkContext(), ...options.context },
      analyticsReporting: false,
      builtinCloudFormationValidation: judged,
      treeMetadata: judged,
      stackTraces: judged,
    });
    options.judge?.(app);
    newStacks(app, { plan, names: new Names(plan), code });
    app.synth();
  });
}

function newStacks(app: App, given: Given): void {
  const { plan } = given;
  const control = new ControlStack(app, given);
  const standby = new StandbyStack(app, given);
  const primary = new PrimaryStack(app, given);
  // Access entries want the functions' roles to be there; nothing waits for the primary.
  standby.addStackDependency(control);
  primary.addStackDependency(control);
  if (plan.entryPoints.length > 0) new SignalsStack(app, given).addStackDependency(control);
  if (plan.witness) new WitnessStack(app, given, plan.witness.region).addStackDependency(control);
}

/** The CDK's command reads it from cdk.json and adds what it was given with `-c`; a rehearsal has no such command. */
function cdkContext(): Record<string, unknown> {
  const file = join(import.meta.dirname, '..', 'cdk.json');
  const settings: { context: Record<string, unknown> } = JSON.parse(readFileSync(file, 'utf8'));
  // With their paths in the templates, assets can be found from the assembly alone.
  return { ...settings.context, 'aws:cdk:enable-asset-metadata': true };
}
