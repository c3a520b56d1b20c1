import { forbidden } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Identity, KubeObject } from '../host.ts';
import { ACCESS_POLICIES, type Rule } from './access-policies.ts';

export type Access = {
  verb: string;
  /** A key such as `deployments.apps`. */
  resource: string;
  subresource?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
};

/** Throws Forbidden, in the words of the API server, unless an access policy or RBAC allows it. */
export function authorize(cluster: ControlPlane, by: Identity, access: Access): void {
  if (allowed(cluster, by, access)) return;
  const [plural, group] = splitKey(access.resource);
  const asked = access.subresource ? `${plural}/${access.subresource}` : plural;
  const where = access.namespace === undefined ? 'at the cluster scope' : `in the namespace "${access.namespace}"`;
  const why = `User "${by.username}" cannot ${access.verb} resource "${asked}" in API group "${group}" ${where}`;
  throw forbidden(access.resource, access.name ?? '', why);
}

export function allowed(cluster: ControlPlane, by: Identity, access: Access): boolean {
  if (by.groups.includes('system:masters')) return true;
  return byAccessPolicy(by, access) || byRoles(cluster, by, access);
}

function byAccessPolicy(by: Identity, access: Access): boolean {
  return by.groups.some((group) => {
    const [policy = '', scope] = group.split('/', 2);
    if (scope !== undefined && !inScope(scope, access.namespace)) return false;
    return ACCESS_POLICIES[policy]?.some((rule) => grants(rule, access, undefined)) === true;
  });
}

const inScope = (scope: string, namespace: string | undefined): boolean =>
  namespace !== undefined && new RegExp(`^${scope.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(namespace);

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/ (aggregation of cluster roles is not followed) */
function byRoles(cluster: ControlPlane, by: Identity, access: Access): boolean {
  const { store } = cluster;
  for (const binding of store.list('clusterrolebindings.rbac.authorization.k8s.io'))
    if (binds(binding, by) && rulesOf(cluster, binding).some((rule) => grantsRule(rule, access))) return true;
  if (access.namespace === undefined) return false;
  for (const binding of store.list('rolebindings.rbac.authorization.k8s.io', { namespace: access.namespace }))
    if (binds(binding, by) && rulesOf(cluster, binding).some((rule) => grantsRule(rule, access))) return true;
  return false;
}

function rulesOf(cluster: ControlPlane, binding: KubeObject): KubeObject[] {
  const { kind, name } = binding.roleRef ?? {};
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return cluster.store.get({ resource: `${resource}.rbac.authorization.k8s.io`, namespace, name })?.rules ?? [];
}

function binds(binding: KubeObject, by: Identity): boolean {
  return (binding.subjects ?? []).some((subject: KubeObject) => {
    switch (subject.kind) {
      case 'User':
        return subject.name === by.username;
      case 'Group':
        return by.groups.includes(subject.name);
      case 'ServiceAccount':
        return (
          by.username === `system:serviceaccount:${subject.namespace ?? binding.metadata.namespace}:${subject.name}`
        );
      default:
        return false;
    }
  });
}

const grantsRule = (rule: KubeObject, access: Access): boolean =>
  grants(
    { groups: rule.apiGroups ?? [], resources: rule.resources ?? [], verbs: rule.verbs ?? [] },
    access,
    rule.resourceNames,
  );

function grants(rule: Rule, access: Access, names: string[] | undefined): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(access.verb)) return false;
  const [plural, group] = splitKey(access.resource);
  if (!rule.groups.includes('*') && !rule.groups.includes(group)) return false;
  const asked = access.subresource ? `${plural}/${access.subresource}` : plural;
  const resource = rule.resources.some(
    (each) =>
      each === '*' || each === asked || (access.subresource !== undefined && each === `*/${access.subresource}`),
  );
  if (!resource) return false;
  return !names?.length || (access.name !== undefined && names.includes(access.name));
}

const splitKey = (key: string): [plural: string, group: string] => {
  const dot = key.indexOf('.');
  return dot < 0 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)];
};
