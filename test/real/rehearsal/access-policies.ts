import { ACCESS_POLICIES, type Rule } from '../../../src/rehearsal/cluster/api/access-policies.ts';
import type { RealApi } from './api.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const apiVersion = 'rbac.authorization.k8s.io/v1';

/**
 * EKS has an authorizer of its own for access policies; here RBAC stands for it, with a role for each policy that holds
 * throughout a cluster. https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export async function grantAccessPolicies(api: RealApi): Promise<void> {
  for (const [group, rules] of Object.entries(ACCESS_POLICIES)) {
    const metadata = { name: group };
    const role = { apiVersion, kind: 'ClusterRole', metadata, rules: rules.map(rbacRule) };
    await api.create(`${RBAC}/clusterroles`, role);
    await api.create(`${RBAC}/clusterrolebindings`, {
      ...{ apiVersion, kind: 'ClusterRoleBinding', metadata },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: group },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
    });
  }
}

const rbacRule = ({ groups, resources, verbs }: Rule) => ({ apiGroups: groups, resources, verbs });
