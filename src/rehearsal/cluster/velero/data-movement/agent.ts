import type { KubeObject } from '../../host.ts';
import type { Ref } from '../../store.ts';
import { serviceAccountIdentity } from '../cli/command-line.ts';
import type { AgentConfig } from '../node-agent-config.ts';
import type { Process } from '../process.ts';

/** How often Velero looks whether something is there, or gone. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/kube/utils.go (waitInternal) */
const POLL_MS = 2000;

/** What the parts of a node agent that move data share. */
export class Agent {
  readonly process: Process;
  readonly node: string;
  /** Velero's own. */
  readonly namespace: string;
  readonly config: AgentConfig;

  constructor(process: Process, node: string, namespace: string, config: AgentConfig) {
    this.process = process;
    this.node = node;
    this.namespace = namespace;
    this.config = config;
  }

  get cluster() {
    return this.process.cluster;
  }

  get store() {
    return this.process.cluster.store;
  }

  create(object: KubeObject): KubeObject {
    return this.cluster.api.create(object, { by: this.#identity, manager: 'node-agent-server' });
  }

  /** Does nothing when it is gone. */
  remove(ref: Ref): void {
    if (this.store.get(ref) !== undefined) this.cluster.api.remove(ref, { by: this.#identity });
  }

  patch(ref: Ref, change: (current: KubeObject) => KubeObject): KubeObject | undefined {
    return this.store.get(ref) === undefined ? undefined : this.store.patch(ref, change);
  }

  /** What `find` finds, once it does; undefined when the time is over. */
  async waitFor<Value>(find: () => Value | undefined, timeout: number): Promise<Value | undefined> {
    for (let waited = 0; ; waited += POLL_MS) {
      const found = find();
      if (found !== undefined || waited >= timeout) return found;
      await this.process.sleep(POLL_MS);
    }
  }

  /** Whether the object is gone in time. */
  async gone(ref: Ref, timeout: number): Promise<boolean> {
    const found = await this.waitFor(() => (this.store.get(ref) === undefined ? true : undefined), timeout);
    return found === true;
  }

  get #identity() {
    return serviceAccountIdentity(this.process.namespace, this.process.serviceAccount);
  }
}
