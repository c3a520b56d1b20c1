import { Unreachable } from '../../../src/rehearsal/cloud/aws-error.ts';
import { AUTO_MODE_DEFINITIONS } from '../../../src/rehearsal/cluster/auto-mode-definitions.ts';
import type { ApiRequest, ApiResponse, ClusterHost, SimulatedCluster } from '../../../src/rehearsal/cluster/host.ts';
import { NotSimulated } from '../../../src/rehearsal/kernel/not-simulated.ts';
import type { WatchedCluster } from '../../../src/rehearsal/parts.ts';
import type { ControlPlane } from '../kubernetes/control-plane.ts';
import type { Nodes } from '../nodes/nodes.ts';
import { grantAccessPolicies } from './access-policies.ts';
import { RealApi } from './api.ts';
import { LoadBalancing } from './load-balancing.ts';
import { View } from './view.ts';
import { RealVolumes } from './volumes.ts';

const WRITE_EVERY_MS = 1_000;

/** What there is of one real cluster before anybody drives it. */
export type Machinery = { plane: ControlPlane; nodes: Nodes };

/** A cluster that really runs, in the place of a simulated one: the twin's EKS says who asks, the real API server answers. */
export class RealCluster implements SimulatedCluster, WatchedCluster {
  readonly host: ClusterHost;
  readonly api: RealApi;
  readonly view: View;
  readonly volumes: RealVolumes;
  readonly #machinery: Machinery;
  readonly #loadBalancing: LoadBalancing;
  #writing: NodeJS.Timeout | undefined;
  #ended: Promise<unknown> | undefined;

  constructor(host: ClusterHost, machinery: Machinery) {
    this.host = host;
    this.#machinery = machinery;
    this.api = new RealApi(machinery.plane);
    this.view = new View(this.api);
    this.#loadBalancing = new LoadBalancing(host, this.view, this.api);
    const random = host.kernel.random.fork(`volumes/${host.name}`);
    this.volumes = new RealVolumes(host.name, this.view, machinery.nodes.directoryOf, random);
  }

  get store(): View['store'] {
    return this.view.store;
  }

  start(): void {
    if (this.#ended !== undefined) throw new NotSimulated('the return of a region whose cluster really ran');
    this.host.kernel.spawn(async () => {
      await grantAccessPolicies(this.api);
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      if (this.host.autoMode) for (const definition of AUTO_MODE_DEFINITIONS) await this.api.create(path, definition);
      await this.view.follow(() => this.#loadBalancing.reconcile());
    });
  }

  /** Applications begin to write to their volumes. */
  startWriting(): void {
    this.#writing = setInterval(() => this.volumes.write(), WRITE_EVERY_MS);
  }

  async handle({ method, path, query, headers, body, identity }: ApiRequest): Promise<ApiResponse> {
    if (this.#ended !== undefined) throw new Unreachable(this.host.name);
    const whole = query.size === 0 ? path : `${path}?${query}`;
    try {
      return await this.api.ask({ method, path: whole, headers, identity, ...(body !== undefined && { body }) });
    } catch (error) {
      if (this.#ended !== undefined) throw new Unreachable(this.host.name);
      throw error;
    }
  }

  /** Everything that runs in it is killed; what its volumes held is kept, for whoever compares. */
  stop(): void {
    if (this.#ended !== undefined) return;
    clearInterval(this.#writing);
    this.volumes.keep();
    this.view.end();
    this.api.end();
    const { plane, nodes } = this.#machinery;
    this.#ended = Promise.all([nodes.stop(), plane.stop()]);
  }

  async ended(): Promise<void> {
    this.stop();
    await this.#ended;
  }
}
