import type { KubeObject } from '../host.ts';
import { serviceAccountIdentity } from './cli/command-line.ts';
import { resourceOf } from './kinds.ts';
import type { Knowledge } from './kopia/repository.ts';
import { ObjectStore } from './object-store.ts';
import type { Process } from './process.ts';
import type { ServerOptions } from './server-options.ts';

export const CREDENTIALS = 'velero-repo-credentials';
/** Public, and the default. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/repository/keys/keys.go */
export const PASSWORD = 'static-passw0rd';

/** What the controllers of one `velero server` share: its cluster, its settings, and Velero's own objects. */
export class Server {
  readonly process: Process;
  readonly options: ServerOptions;
  readonly namespace: string;
  readonly knowledge: Knowledge;

  constructor(process: Process, options: ServerOptions, knowledge: Knowledge) {
    this.process = process;
    this.options = options;
    this.knowledge = knowledge;
    this.namespace = process.env('VELERO_NAMESPACE') ?? 'velero';
  }

  get cluster() {
    return this.process.cluster;
  }

  get store() {
    return this.process.cluster.store;
  }

  get identity() {
    return serviceAccountIdentity(this.process.namespace, this.process.serviceAccount);
  }

  get password(): string {
    const secret = this.store.get({ resource: 'secrets', namespace: this.namespace, name: CREDENTIALS });
    return Buffer.from(secret?.data?.['repository-password'] ?? '', 'base64').toString() || PASSWORD;
  }

  list(kind: string): KubeObject[] {
    return this.store.list(resourceOf(kind), { namespace: this.namespace });
  }

  find(kind: string, name: string): KubeObject | undefined {
    return this.store.get({ resource: resourceOf(kind), namespace: this.namespace, name });
  }

  /** Changes one of Velero's own objects as it is now; undefined when it is gone. */
  update(object: KubeObject, change: (current: KubeObject) => KubeObject): KubeObject | undefined {
    const current = this.store.byUid(object.metadata.uid);
    return current === undefined ? undefined : this.store.update(change(current));
  }

  setStatus(object: KubeObject, status: KubeObject): KubeObject | undefined {
    return this.update(object, (current) => ({ ...current, status: { ...current.status, ...status } }));
  }

  objectStore(location: KubeObject): ObjectStore {
    return new ObjectStore(this.process, location);
  }

  /** Whether the plugin that speaks S3 was copied into the pod by an init container. */
  get hasPlugin(): boolean {
    const inits: KubeObject[] = this.process.given.pod.spec.initContainers ?? [];
    return inits.some(({ image }) => image.includes('velero-plugin-for-aws'));
  }

  /** Sees each object of a kind now, and again whenever it changes. */
  watch(kind: string, act: (object: KubeObject, old?: KubeObject) => void): void {
    const cancel = this.store.watch(resourceOf(kind), ({ type, object, old }) => {
      if (type !== 'DELETED' && object.metadata.namespace === this.namespace) act(object, old);
    });
    this.process.onEnd(cancel);
    for (const object of this.list(kind)) act(object);
  }
}
