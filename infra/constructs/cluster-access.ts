import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import { Construct } from 'constructs';
import type { FunctionName } from '../environments.ts';
import type { LifeboatStack } from '../stack.ts';

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
type AccessPolicy = 'AmazonEKSClusterAdminPolicy' | 'AmazonEKSAdminViewPolicy';

/** Without a policy a function is known to the API, which then tells it that it is ready, and nothing else. */
export type Admission = AccessPolicy | 'nothing but health';

/** Lets functions of the control region, by their roles, into a site's cluster. */
export class ClusterAccess extends Construct {
  constructor(
    stack: LifeboatStack,
    site: 'primary' | 'standby',
    given: Partial<Record<FunctionName, Admission>>,
    after?: Construct,
  ) {
    super(stack, 'Access');
    for (const [name, policy] of Object.entries(given)) {
      const entry = new CfnAccessEntry(this, name, {
        clusterName: stack.plan.sites[site].cluster,
        principalArn: stack.names.roleArn(name),
        type: 'STANDARD',
        ...(policy !== 'nothing but health' && { accessPolicies: [throughout(policy)] }),
      });
      if (after) entry.node.addDependency(after);
    }
  }
}

const throughout = (policy: AccessPolicy) => ({
  policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
  accessScope: { type: 'cluster' },
});
