import { ApiError, forbidden, notFound } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

const CONFIGURATIONS = [
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
];

/** NamespaceLifecycle: nothing new in a namespace that is not there, or that is going. */
export function checkNamespace(cluster: ControlPlane, resource: Resource, namespace: string, name: string): void {
  if (!resource.namespaced) return;
  const found = cluster.store.get({ resource: 'namespaces', name: namespace });
  if (found === undefined) throw notFound('namespaces', namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const causes = [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ];
  throw forbidden(resource.key, name ?? '', why, causes);
}

/**
 * Webhooks, as far as they can fail: one whose Service has no ready endpoint fails every write that it matches,
 * unless its failure policy is Ignore. What a reachable webhook would change or refuse is not simulated, and one
 * outside the cluster (`clientConfig.url`) is taken to agree.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function admit(
  cluster: ControlPlane,
  operation: Operation,
  resource: Resource,
  object: KubeObject,
  subresource?: string,
): void {
  // Webhook configurations are exempt, so that a broken one can be taken away.
  if (resource.group === 'admissionregistration.k8s.io') return;
  for (const configurations of CONFIGURATIONS)
    for (const configuration of cluster.store.list(configurations))
      for (const webhook of configuration.webhooks ?? []) {
        if (webhook.failurePolicy === 'Ignore' || !webhook.clientConfig?.service) continue;
        if (matches(cluster, webhook, operation, resource, object, subresource)) checkReachable(cluster, webhook);
      }
}

function matches(
  cluster: ControlPlane,
  webhook: KubeObject,
  operation: Operation,
  resource: Resource,
  object: KubeObject,
  subresource?: string,
): boolean {
  const asked = subresource ? `${resource.plural}/${subresource}` : resource.plural;
  const ruled = (webhook.rules ?? []).some(
    (rule: KubeObject) =>
      has(rule.operations, operation) &&
      has(rule.apiGroups, resource.group) &&
      (rule.apiVersions?.includes('*') ||
        rule.apiVersions?.some((version: string) => resource.versions.includes(version))) &&
      (has(rule.resources, asked) || (rule.resources?.includes('*/*') ?? false)) &&
      inScope(rule.scope, resource),
  );
  if (!ruled) return false;
  if (webhook.objectSelector && !matchesSelector(webhook.objectSelector, object.metadata.labels)) return false;
  if (!webhook.namespaceSelector) return true;
  const name = resource.key === 'namespaces' ? object.metadata.name : object.metadata.namespace;
  // Objects outside namespaces are never exempt by a namespace selector.
  if (name === undefined) return true;
  const namespace = resource.key === 'namespaces' ? object : cluster.store.get({ resource: 'namespaces', name });
  return matchesSelector(webhook.namespaceSelector, namespace?.metadata.labels);
}

const has = (list: string[] | undefined, wanted: string): boolean =>
  list !== undefined && (list.includes(wanted) || (list.includes('*') && !wanted.includes('/')));

const inScope = (scope: string | undefined, resource: Resource): boolean =>
  scope === undefined || scope === '*' || (scope === 'Namespaced') === resource.namespaced;

function checkReachable(cluster: ControlPlane, webhook: KubeObject): void {
  const { namespace, name, path = '', port = 443 } = webhook.clientConfig.service;
  const problem = unreachable(cluster, namespace, name);
  if (problem === undefined) return;
  const url = `https://${name}.${namespace}.svc:${port}${path}?timeout=${webhook.timeoutSeconds ?? 10}s`;
  throw new ApiError(
    'InternalError',
    `Internal error occurred: failed calling webhook "${webhook.name}": failed to call webhook: Post "${url}": ${problem}`,
  );
}

function unreachable(cluster: ControlPlane, namespace: string, name: string): string | undefined {
  const { store } = cluster;
  if (store.get({ resource: 'services', namespace, name }) === undefined) return `service "${name}" not found`;
  const ready = store
    .get({ resource: 'endpoints', namespace, name })
    ?.subsets?.some((subset: KubeObject) => subset.addresses?.length > 0);
  return ready ? undefined : `no endpoints available for service "${name}"`;
}
