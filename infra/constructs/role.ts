import { Aws } from 'aws-cdk-lib';
import type { Conditions } from 'aws-cdk-lib/aws-iam';
import { CfnRole, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { acknowledge, acknowledgeWildcards } from './acknowledge.ts';

/** Something a role may do. A wildcard among the resources is explained by `because`. */
export type Grant = { actions: string[]; on: string[]; when?: Conditions; because?: string };

type RoleSpec = {
  /** Without the plan's prefix. */
  name: string;
  /** The AWS service that takes the role, such as `lambda.amazonaws.com`. */
  for: string;
  grants: Grant[];
  /** Statements that take away. */
  denies?: PolicyStatement[];
  /** AWS's own policies, each with the reason for not writing one of ours. */
  managed?: { names: string[]; because: string };
  maxSessionSeconds?: number;
};

/** A role with its permissions inside it, so that whatever waits for the role waits for them too. */
export class LifeboatRole extends Construct {
  readonly arn: string;
  readonly #resource: CfnRole;

  constructor(scope: Construct, id: string, stack: LifeboatStack, spec: RoleSpec) {
    super(scope, id);
    const statements = [...spec.grants.map(allow), ...(spec.denies ?? [])];
    // One statement per grant, as they were written, so that what is refused can be found again.
    const policyDocument = new PolicyDocument({ statements, minimize: false });
    this.#resource = new CfnRole(this, 'Resource', {
      roleName: stack.names.of(spec.name),
      assumeRolePolicyDocument: new PolicyDocument({ statements: [trust(spec.for)] }),
      ...(statements.length > 0 && { policies: [{ policyName: 'permissions', policyDocument }] }),
      ...(spec.managed && { managedPolicyArns: spec.managed.names.map((name) => `arn:aws:iam::aws:policy/${name}`) }),
      ...(spec.maxSessionSeconds && { maxSessionDuration: spec.maxSessionSeconds }),
    });
    this.arn = this.#resource.attrArn;
    for (const grant of spec.grants) if (grant.because) acknowledgeWildcards(this.#resource, grant.on, grant.because);
    for (const name of spec.managed?.names ?? [])
      acknowledge(this.#resource, `IAM4[Policy::arn:aws:iam::aws:policy/${name}]`, spec.managed?.because ?? '');
  }
}

function allow(grant: Grant): PolicyStatement {
  return new PolicyStatement({
    actions: grant.actions,
    resources: grant.on,
    ...(grant.when && { conditions: grant.when }),
  });
}

/** Only on behalf of this account: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
const OF_THIS_ACCOUNT: Conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** Services documented to say for which account they act when they take a role. */
const SAY_THE_ACCOUNT = new Set(['events.amazonaws.com', 'scheduler.amazonaws.com', 'states.amazonaws.com']);

/** Services that tag the session. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, …/auto-cluster-iam-role.html */
const TAG_THE_SESSION = new Set(['pods.eks.amazonaws.com', 'eks.amazonaws.com']);

function trust(service: string): PolicyStatement {
  return new PolicyStatement({
    actions: TAG_THE_SESSION.has(service) ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
    principals: [new ServicePrincipal(service)],
    ...(SAY_THE_ACCOUNT.has(service) && { conditions: OF_THIS_ACCOUNT }),
  });
}
