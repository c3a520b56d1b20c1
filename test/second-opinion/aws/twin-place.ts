import type { TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';
import { Twin } from '../../../src/rehearsal/twin.ts';
import { twinWires } from '../../../src/rehearsal/wires.ts';
import { during } from '../../during.ts';
import { planOf, SMALL_PLAN } from '../../plan/small-plan.ts';
import { ACCOUNT, MACHINES_ROLE, type Place, REGION } from './place.ts';

const START = Date.parse('2026-03-01T04:30:00Z');
/** A role for state machines, which the twin does not let pass without. */
const ROLE: TemplateResource = {
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: MACHINES_ROLE.split('/')[1],
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
  },
};

/** A twin in which everything is allowed. */
export function twinPlace(): Place {
  const twin = new Twin(planOf(SMALL_PLAN).plan, { stacks: [], layers: {} }, new Map(), 'second opinion', START);
  const { world, kernel } = twin;
  world.judgeBy(() => undefined);
  const caller = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/tester`, session: 'test' } as const;
  let stacks = 0;
  const deploy = async (Resources: Record<string, TemplateResource>) =>
    twin.deploy({ stacks: [{ name: `stack-${++stacks}`, region: REGION, template: { Resources } }], layers: {} });
  return {
    name: 'twin',
    wires: twinWires(world, { caller, from: REGION, during: (work) => work() }),
    now: () => new Date(kernel.now),
    sleep: (milliseconds) => kernel.sleep(milliseconds),
    deploy,
    machine: async (name, Definition) => {
      const Properties = { StateMachineName: name, RoleArn: MACHINES_ROLE, Definition };
      await deploy({ Role: ROLE, Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties } });
      return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
    },
    push: async (repository, tag) => twin.ecr.push(REGION, repository, tag),
    during: (work) => during(twin.kernel, work),
  };
}
