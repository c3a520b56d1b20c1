import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Plan } from '../src/plan/schema.ts';
import type { FunctionCode } from './function-code.ts';
import type { Names, StackName } from './names.ts';

/** What every stack is made from. */
export type Given = { plan: Plan; names: Names; code: FunctionCode };

type Place = { stack: StackName; region: string; description: string };

/** How many zones the standby's network spans. */
const ZONES = 3;

/** A stack in one region of whichever account deploys it. */
export class LifeboatStack extends Stack {
  readonly plan: Plan;
  readonly names: Names;
  readonly code: FunctionCode;

  constructor(scope: Construct, given: Given, place: Place) {
    super(scope, given.names.of(place.stack), {
      stackName: given.names.of(place.stack),
      description: place.description,
      // The account is left open: with it, synthesis would look things up there.
      env: { region: place.region },
      terminationProtection: true,
      tags: { 'lifeboat:plan': given.plan.name },
    });
    this.plan = given.plan;
    this.names = given.names;
    this.code = given.code;
  }

  /** Every region has three zones for a new account, us-west-1 aside; without an account the CDK assumes two. */
  override get availabilityZones(): string[] {
    const count = this.region === 'us-west-1' ? 2 : ZONES;
    return Array.from({ length: count }, (_, index) => Fn.select(index, Fn.getAzs(this.region)));
  }
}
