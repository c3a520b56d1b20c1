/** A rule of RBAC: `*` stands for everything; a resource with a slash names a subresource. */
export type Rule = { groups: string[]; resources: string[]; verbs: string[] };

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const rule = (groups: string, resources: string, verbs: string[]): Rule => ({
  groups: groups.split(' ').map((group) => (group === 'core' ? '' : group)),
  resources: resources.split(' '),
  verbs,
});

const VIEW: Rule[] = [
  rule(
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    READ,
  ),
  rule('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', READ),
  rule('batch', 'cronjobs cronjobs/status jobs jobs/status', READ),
  rule('discovery.k8s.io', 'endpointslices', READ),
  rule('networking.k8s.io', 'ingresses ingresses/status networkpolicies', READ),
  rule('policy', 'poddisruptionbudgets poddisruptionbudgets/status', READ),
  rule(
    'core',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    READ,
  ),
  rule(
    'core',
    'bindings events limitranges namespaces namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    READ,
  ),
];

const EDIT: Rule[] = [
  ...VIEW,
  rule(
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    WRITE,
  ),
  rule('autoscaling', 'horizontalpodautoscalers', WRITE),
  rule('batch', 'cronjobs jobs', WRITE),
  rule('networking.k8s.io', 'ingresses networkpolicies', WRITE),
  rule('policy', 'poddisruptionbudgets', WRITE),
  rule('core', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ),
  rule('core', 'serviceaccounts', ['impersonate']),
  rule('core', 'pods pods/attach pods/exec pods/portforward pods/proxy', WRITE),
  rule(
    'core',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    WRITE,
  ),
];

const ADMIN: Rule[] = [
  ...EDIT,
  rule('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
  rule('rbac.authorization.k8s.io', 'rolebindings roles', [...WRITE, ...READ]),
];

/**
 * What EKS access policies allow, by the group that the simulated EKS gives for each: `eks:admin` on the whole
 * cluster, `eks:admin/shop` in the namespace shop alone (with `*` as a wildcard, as an access scope may have).
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export const ACCESS_POLICIES: Record<string, Rule[]> = {
  'eks:cluster-admin': [rule('*', '*', ['*'])],
  'eks:admin': ADMIN,
  'eks:edit': EDIT,
  'eks:view': VIEW,
  'eks:admin-view': [rule('*', '*', READ)],
};

/** The user-facing cluster roles of Kubernetes grant what these policies do. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
export const USER_FACING_ROLES: Record<string, Rule[]> = {
  'cluster-admin': [rule('*', '*', ['*'])],
  admin: ADMIN,
  edit: EDIT,
  view: VIEW,
};
