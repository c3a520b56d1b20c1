import { setTimeout as pause } from 'node:timers/promises';
import type { ServingCluster } from '../../../src/rehearsal/cluster/control-plane.ts';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { isReady } from '../../../src/rehearsal/cluster/pods.ts';
import { serveService } from '../../../src/rehearsal/cluster/serving.ts';
import type { RealApi } from './api.ts';

const EVERY_MS = 1_000;

/** What is looked at, by the names that the twin's store has for it. */
const PATHS: Record<string, string> = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  configmaps: '/api/v1/configmaps',
  persistentvolumeclaims: '/api/v1/persistentvolumeclaims',
  'ingresses.networking.k8s.io': '/apis/networking.k8s.io/v1/ingresses',
  'ingressclasses.networking.k8s.io': '/apis/networking.k8s.io/v1/ingressclasses',
  'targetgroupbindings.eks.amazonaws.com': '/apis/eks.amazonaws.com/v1/targetgroupbindings',
  'backups.velero.io': '/apis/velero.io/v1/backups',
  'restores.velero.io': '/apis/velero.io/v1/restores',
};

type Ref = { resource: string; namespace?: string | undefined; name: string };

/** A real cluster's objects as they were a moment ago; the last that was seen when it is gone. */
export class View implements ServingCluster {
  readonly #api: RealApi;
  readonly #objects = new Map<string, KubeObject[]>();
  #ended = false;

  constructor(api: RealApi) {
    this.#api = api;
  }

  readonly store = {
    list: (resource: string, { namespace }: { namespace?: string } = {}): KubeObject[] => {
      if (PATHS[resource] === undefined) throw new Error(`nobody looks at ${resource}`);
      const all = this.#objects.get(resource) ?? [];
      return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
    },
    get: ({ resource, namespace, name }: Ref): KubeObject | undefined =>
      this.store
        .list(resource)
        .find(({ metadata }) => metadata.name === name && (namespace ?? '') === (metadata.namespace ?? '')),
  };

  readonly kubelet = {
    serves: (uid: string): boolean => this.store.list('pods').some((pod) => pod.metadata.uid === uid && isReady(pod)),
  };

  serve(namespace: string, service: string, port?: number | string) {
    return serveService(this, namespace, service, port);
  }

  /** Looks again and again; `then` is told after each look. */
  async follow(then: () => Promise<void>): Promise<void> {
    while (!this.#ended) {
      try {
        await this.look();
        await then();
      } catch (error) {
        if (!this.#ended) throw error;
      }
      await pause(EVERY_MS);
    }
  }

  async look(): Promise<void> {
    await Promise.all(
      Object.entries(PATHS).map(async ([resource, path]) => {
        const items = await this.#api.list(path);
        if (!this.#ended) this.#objects.set(resource, items);
      }),
    );
  }

  end(): void {
    this.#ended = true;
  }
}
