import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Place } from './place.ts';

const POD = { containers: [{ name: 'main', image: 'registry/shop:1' }] };

const meta = (name: string, { namespace }: Place, more: object = {}) => ({ name, namespace, ...more });

export const configMap = (name: string, place: Place, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: meta(name, place, more),
  data: { greeting: 'hello' },
});

export const pod = (name: string, place: Place, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, place),
  spec: { ...POD, ...spec },
});

export function workload(kind: string, name: string, place: Place, spec: object = {}): KubeObject {
  const template = { metadata: { labels: { app: name } }, spec: POD };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: meta(name, place),
    spec: { selector: { matchLabels: { app: name } }, template, ...spec },
  };
}

export const statefulSet = (name: string, place: Place, spec: object = {}): KubeObject =>
  workload('StatefulSet', name, place, { serviceName: name, ...spec });

export const service = (name: string, place: Place, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name, place),
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});

export const claim = (name: string, place: Place, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta(name, place),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

export const job = (name: string, place: Place, spec: object = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: meta(name, place),
  spec: { template: { spec: { ...POD, restartPolicy: 'Never' } }, ...spec },
});

export const cronJob = (name: string, place: Place, spec: object = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta(name, place),
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: job(name, place).spec }, ...spec },
});

/** A path to a resource in the case's namespace, such as `apps/v1 deployments`. */
export function path(place: Place, version: string, resource: string, name?: string): string {
  const root = version === 'v1' ? '/api/v1' : `/apis/${version}`;
  return `${root}/namespaces/${place.namespace}/${resource}${name === undefined ? '' : `/${name}`}`;
}

/** Has the pod be what a kubelet would report. */
export async function report(place: Place, name: string, phase: 'Running' | 'Succeeded' | 'Failed'): Promise<void> {
  const ready = phase === 'Running' ? 'True' : 'False';
  const status = { phase, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: '2026-03-01T00:00:00Z' }] };
  const done = await place.request('PATCH', `${path(place, 'v1', 'pods', name)}/status`, { status }, { type: 'merge' });
  if (done.status !== 200) throw new Error(`${name} takes no status: ${JSON.stringify(done.body)}`);
}

export async function podNames(place: Place): Promise<string[]> {
  return (await place.api.list('v1', 'Pod', { namespace: place.namespace }))
    .map((each) => each.metadata?.name ?? '')
    .sort();
}
