import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Cluster } from '../../../src/rehearsal/cluster/cluster.ts';
import type { ApiResponse, ClusterHost, Identity, KubeObject, Serve } from '../../../src/rehearsal/cluster/host.ts';
import { Kernel } from '../../../src/rehearsal/kernel/kernel.ts';
import { Latencies } from '../../../src/rehearsal/kernel/latencies.ts';

const table = parse(readFileSync('src/rehearsal/latencies.yaml', 'utf8'));
const START = Date.parse('2026-03-01T04:30:00Z');

export const ADMIN: Identity = { username: 'admin', groups: ['system:masters'] };
/** A schema that knows nothing and keeps everything. */
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

/** A cluster with a cloud around it that the test holds in its hands. */
export class Rig {
  readonly kernel: Kernel;
  readonly cluster: Cluster;
  readonly missingImages = new Set<string>();
  readonly fullZones = new Set<string>();
  readonly targets = new Map<string, { ip: string; port: number; serve: Serve }[]>();
  readonly loadBalancers = new Map<string, Serve>();
  balancersExist = true;
  regionUp = true;

  constructor({ autoMode = true, nodes = 0, seed = 'test', start = true } = {}) {
    this.kernel = new Kernel(seed, START);
    this.cluster = new Cluster(this.#host(autoMode));
    for (let i = 0; i < nodes; i++) this.cluster.addNodes({ zone: ZONES[i % 3] as string, name: `node-${i}` });
    if (start) this.cluster.start();
  }

  #host(autoMode: boolean): ClusterHost {
    const { kernel } = this;
    return {
      name: 'shop',
      region: 'us-east-1',
      kernel,
      latencies: new Latencies(table, kernel.random.fork('latencies')),
      version: 'v1.35.4',
      autoMode,
      schedule: (delayMs, act) => kernel.schedule(delayMs, () => this.regionUp && act()),
      up: () => this.regionUp,
      imageProblem: (image) => (this.missingImages.has(image) ? `${image}: not found` : undefined),
      capacityProblem: (zone) => (this.fullZones.has(zone) ? 'InsufficientInstanceCapacity' : undefined),
      zones: ZONES,
      podIdentity: () => undefined,
      call: async () => undefined,
      setTargets: (arn, targets) => void this.targets.set(arn, targets),
      loadBalancer: (kind, namespace, name, serve) => {
        if (!this.balancersExist) return undefined;
        this.loadBalancers.set(`${kind}/${namespace}/${name}`, serve);
        return `${name}.elb.us-east-1.amazonaws.com`;
      },
      record: () => {},
    };
  }

  /** Lets virtual time pass. */
  async pass(seconds: number): Promise<void> {
    await this.kernel.run(this.kernel.now + seconds * 1000);
  }

  create(...objects: KubeObject[]): KubeObject[] {
    return objects.map((object) => this.cluster.api.create(object));
  }

  get(resource: string, name: string, namespace?: string): KubeObject {
    return this.cluster.store.get({ resource, namespace, name });
  }

  pods(namespace = 'default', labelSelector = ''): KubeObject[] {
    return this.cluster.store.list('pods', { namespace, labelSelector });
  }

  request(
    method: string,
    path: string,
    body?: KubeObject,
    { identity = ADMIN, headers = {} }: { identity?: Identity; headers?: Record<string, string> } = {},
  ): ApiResponse {
    const url = new URL(path, 'https://cluster');
    return this.cluster.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      identity,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  patch(path: string, body: KubeObject, type = 'merge', identity = ADMIN): ApiResponse {
    const format = type === 'apply' ? 'application/apply-patch+yaml' : `application/${type}-patch+json`;
    return this.request('PATCH', path, body, { identity, headers: { 'Content-Type': format } });
  }
}

export const readyOf = (pods: KubeObject[]): KubeObject[] =>
  pods.filter((pod) =>
    pod.status?.conditions?.some((each: KubeObject) => each.type === 'Ready' && each.status === 'True'),
  );

export const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

export const podSpec = (spec: KubeObject = {}, container: KubeObject = {}): KubeObject => ({
  containers: [{ name: 'main', image: 'registry/shop:1', ...container }],
  ...spec,
});

export const pod = (name: string, spec: KubeObject = podSpec(), metadata: KubeObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...metadata },
  spec,
});

export function workload(
  kind: string,
  name: string,
  spec: KubeObject = {},
  podPart: KubeObject = podSpec(),
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: podPart },
      ...spec,
    },
  };
}

export const deployment = (name: string, spec: KubeObject = {}, podPart: KubeObject = podSpec()): KubeObject =>
  workload('Deployment', name, spec, podPart);

export const service = (name: string, spec: KubeObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});

export const storageClass = (
  name: string,
  provisioner = 'ebs.csi.eks.amazonaws.com',
  rest: KubeObject = {},
): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...rest,
});

export const claim = (name: string, storageClassName?: string, storage = '10Gi'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    ...(storageClassName && { storageClassName }),
  },
});

export const mounting = (claimName: string, container: KubeObject = {}): KubeObject =>
  podSpec(
    { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
    { volumeMounts: [{ name: 'data', mountPath: '/data' }], ...container },
  );

export const job = (name: string, spec: KubeObject = {}, podPart: KubeObject = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { template: { spec: { restartPolicy: 'Never', ...podSpec(), ...podPart } }, ...spec },
});

export const definition = (group: string, plural: string, kind: string, version: KubeObject = {}): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: OPEN }, ...version }],
  },
});
