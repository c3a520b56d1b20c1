import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { ownerReference } from '../pods.ts';
import { templateHash } from './template-hash.ts';

/**
 * Keeps the ControllerRevision of an object's template, and answers its name, which its pods carry as a label. Pods
 * of another template are replaced: so pods that were restored together with a template whose images were changed
 * on the way are restarted once. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#revision-history
 */
export function keepRevision(cluster: ControlPlane, owner: KubeObject): string {
  const { store } = cluster;
  const { namespace } = owner.metadata;
  const { template, selector } = owner.spec;
  const name = `${owner.metadata.name}-${templateHash(template)}`;
  const known = store.get({ resource: 'controllerrevisions.apps', namespace, name });
  if (known !== undefined) return name;
  store.create({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace, labels: selector.matchLabels, ownerReferences: [ownerReference(owner)] },
    revision: store.dependents(owner.metadata.uid, 'controllerrevisions.apps').length + 1,
    data: { spec: { template: { ...template, $patch: 'replace' } } },
  });
  return name;
}
