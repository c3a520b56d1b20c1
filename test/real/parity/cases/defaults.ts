import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { claim, cronJob, job, path, pod, service, statefulSet, workload } from '../objects.ts';
import type { Place } from '../place.ts';
import { type Case, lasting } from '../seen.ts';

const REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/';

/** What is answered to a creation, whole, save for what `drawn` names: addresses and the like. */
const filled = (
  kind: string,
  version: string,
  resource: string,
  make: (place: Place) => KubeObject,
  drawn: string[] = [],
): Case => ({
  title: `what is filled in, of a ${kind}`,
  source: REFERENCE,
  ask: async (place) => {
    const { status, body } = await place.request('POST', path(place, version, resource), make(place));
    for (const field of drawn) if (body.spec[field] !== undefined) body.spec[field] = 'drawn';
    for (const port of body.spec.ports ?? []) if (port.nodePort !== undefined) port.nodePort = 'drawn';
    return [status, lasting(body)];
  },
});

const known = (one: Case): Case => ({ ...one, differs: 'defaults' });
const ADDRESSES = ['clusterIP', 'clusterIPs'];

export const defaults: Case[] = [
  known(
    filled('Deployment', 'apps/v1', 'deployments', (place) => workload('Deployment', 'a', place, { paused: true })),
  ),
  known(filled('StatefulSet', 'apps/v1', 'statefulsets', (place) => statefulSet('a', place, { replicas: 0 }))),
  known(filled('DaemonSet', 'apps/v1', 'daemonsets', (place) => workload('DaemonSet', 'a', place))),
  filled('Service', 'v1', 'services', (place) => service('a', place), ADDRESSES),
  filled('headless Service', 'v1', 'services', (place) => service('a', place, { clusterIP: 'None' })),
  filled('Service with a node port', 'v1', 'services', (place) => service('a', place, { type: 'NodePort' }), ADDRESSES),
  filled(
    'Service with a load balancer',
    'v1',
    'services',
    (place) => service('a', place, { type: 'LoadBalancer' }),
    ADDRESSES,
  ),
  filled('claim', 'v1', 'persistentvolumeclaims', (place) => claim('a', place)),
  known(filled('Job', 'batch/v1', 'jobs', (place) => job('a', place, { suspend: true }), ['selector', 'template'])),
  known(filled('CronJob', 'batch/v1', 'cronjobs', (place) => cronJob('a', place))),
  known(filled('Pod', 'v1', 'pods', (place) => pod('a', place), ['volumes', 'containers'])),
];
