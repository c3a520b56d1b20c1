import { serveIngress } from '../../../src/rehearsal/cluster/controllers/load-balancers.ts';
import { targetsOf } from '../../../src/rehearsal/cluster/controllers/target-group-bindings.ts';
import type { ClusterHost, KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { RealApi } from './api.ts';
import type { View } from './view.ts';

const BINDINGS = 'targetgroupbindings.eks.amazonaws.com';

/** Stands for the controller of load balancers: pods become targets in the twin's target groups, and Services get names. */
export class LoadBalancing {
  readonly #host: ClusterHost;
  readonly #view: View;
  readonly #api: RealApi;
  #groups = new Set<string>();

  constructor(host: ClusterHost, view: View, api: RealApi) {
    this.#host = host;
    this.#view = view;
    this.#api = api;
  }

  async reconcile(): Promise<void> {
    this.#bind();
    const services = this.#view.store.list('services').filter(({ spec }) => spec.type === 'LoadBalancer');
    for (const service of services) await this.#expose(service, 'Service', `/api/v1/namespaces/`, 'services');
    const ingresses = this.#view.store.list('ingresses.networking.k8s.io');
    for (const ingress of ingresses)
      await this.#expose(ingress, 'Ingress', '/apis/networking.k8s.io/v1/namespaces/', 'ingresses');
  }

  #bind(): void {
    const bindings = this.#view.store.list(BINDINGS);
    const groups = new Set<string>(bindings.map(({ spec }) => spec.targetGroupARN));
    for (const group of this.#groups.difference(groups)) this.#host.setTargets(group, []);
    for (const binding of bindings)
      this.#host.setTargets(binding.spec.targetGroupARN, targetsOf(this.#view, binding) ?? []);
    this.#groups = groups;
  }

  async #expose(object: KubeObject, kind: 'Service' | 'Ingress', root: string, plural: string): Promise<void> {
    if (object.status?.loadBalancer?.ingress?.length > 0) return;
    const { namespace, name } = object.metadata;
    const serve = kind === 'Service' ? this.#view.serve(namespace, name) : serveIngress(this.#view, namespace, name);
    const hostname = this.#host.loadBalancer(kind, namespace, name, serve);
    if (hostname === undefined) return;
    const status = { loadBalancer: { ingress: [{ hostname }] } };
    await this.#api.merge(`${root}${namespace}/${plural}/${name}/status`, { status });
  }
}
