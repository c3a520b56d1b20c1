import { NotSimulated } from '../../kernel/not-simulated.ts';
import type { KubeObject } from '../host.ts';

/**
 * The one built-in kind that is served in two shapes. It is kept as autoscaling/v2.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v1/
 */
export function asStored(object: KubeObject): KubeObject {
  if (object.apiVersion !== 'autoscaling/v1' || object.kind !== 'HorizontalPodAutoscaler') return object;
  const { targetCPUUtilizationPercentage: averageUtilization = 80, ...spec } = object.spec ?? {};
  const target = { type: 'Utilization', averageUtilization };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  return { ...object, apiVersion: 'autoscaling/v2', spec: { ...spec, metrics } };
}

/** The object in the version that was asked for. Custom resources have their versions in one shape (conversion None). */
export function asServed(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object;
  if (apiVersion !== 'autoscaling/v1') return { ...object, apiVersion };
  const { metrics, behavior, ...spec } = object.spec;
  const [metric, ...others] = metrics ?? [];
  if (behavior !== undefined || others.length > 0 || (metric && metric.resource?.name !== 'cpu'))
    throw new NotSimulated('a HorizontalPodAutoscaler of autoscaling/v2 read as autoscaling/v1');
  const percentage = metric?.resource.target.averageUtilization;
  return { ...object, apiVersion, spec: { ...spec, targetCPUUtilizationPercentage: percentage } };
}
