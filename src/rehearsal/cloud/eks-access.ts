import type { Identity } from '../cluster/host.ts';
import type { AccessEntry, AccessPolicy } from './eks-cluster.ts';

const POLICY_ARN = /^arn:aws:eks::aws:cluster-access-policy\/(\w+)$/;

/**
 * The group by which a cluster's authorizer knows each access policy; in one namespace it is `group/namespace`.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
const GROUPS: Record<string, string> = {
  AmazonEKSClusterAdminPolicy: 'eks:cluster-admin',
  AmazonEKSAdminPolicy: 'eks:admin',
  AmazonEKSEditPolicy: 'eks:edit',
  AmazonEKSViewPolicy: 'eks:view',
  AmazonEKSAdminViewPolicy: 'eks:admin-view',
};

/** Whether EKS offers an access policy of that ARN. */
export const isAccessPolicy = (policyArn: string): boolean =>
  GROUPS[POLICY_ARN.exec(policyArn)?.[1] ?? ''] !== undefined;

/** https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html */
export function identityOf(entry: AccessEntry, sessionName: string): Identity {
  const groups = [...entry.groups, ...entry.policies.flatMap(groupsOf), 'system:authenticated'];
  return { username: entry.username.replaceAll('{{SessionName}}', sessionName), groups };
}

function groupsOf({ policyArn, scope, namespaces }: AccessPolicy): string[] {
  const name = POLICY_ARN.exec(policyArn)?.[1] ?? '';
  const group = GROUPS[name] ?? '';
  if (scope === 'namespace') return namespaces.map((namespace) => `${group}/${namespace}`);
  return name === 'AmazonEKSClusterAdminPolicy' ? ['system:masters'] : [group];
}

/** https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html: a role's default user name. */
export function defaultUsername(principalArn: string): string {
  const [, account = '', kind, name = ''] =
    /^arn:aws:iam::(\d+):(role|user)\/(?:.*\/)?([^/]+)$/.exec(principalArn) ?? [];
  if (kind !== 'role') return principalArn;
  return `arn:aws:sts::${account}:assumed-role/${name}/{{SessionName}}`;
}
