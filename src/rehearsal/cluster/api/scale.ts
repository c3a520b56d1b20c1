import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';

/** The `scale` subresource of an object. https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/ */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec?.replicas ?? 0 },
    status: { replicas: object.status?.replicas ?? 0, selector: selectorText(object.spec?.selector) },
  };
}

/** The object with the replicas of a Scale. Only the usual path, `.spec.replicas`, is simulated for custom resources. */
export function scaled(object: KubeObject, scale: KubeObject): KubeObject {
  const { resourceVersion } = scale.metadata ?? {};
  const metadata = resourceVersion === undefined ? object.metadata : { ...object.metadata, resourceVersion };
  return { ...object, metadata, spec: { ...object.spec, replicas: scale.spec?.replicas ?? 0 } };
}

export const hasScale = (resource: Resource): boolean => resource.subresources.includes('scale');

const selectorText = (selector: KubeObject): string =>
  Object.entries(selector?.matchLabels ?? selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
