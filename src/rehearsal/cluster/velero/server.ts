import { allowed } from '../api/authorization.ts';
import type { KubeObject } from '../host.ts';
import { Backups } from './backup/backups.ts';
import { BackupSync } from './backup-sync.ts';
import { serviceAccountIdentity } from './cli/command-line.ts';
import { Expiry } from './expiry.ts';
import { resourceOf } from './kinds.ts';
import type { Knowledge } from './kopia/repository.ts';
import { Locations } from './locations.ts';
import { ObjectStore } from './object-store.ts';
import type { Process } from './process.ts';
import { Restores } from './restore/restores.ts';
import { Schedules } from './schedules.ts';
import type { ServerOptions } from './server-options.ts';

const CREDENTIALS = 'velero-repo-credentials';
/** Public, and the default. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/repository/keys/keys.go */
const PASSWORD = 'static-passw0rd';

/** `velero server`: one per ready pod of its Deployment. Ends the container when it cannot work at all. */
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

  async run(): Promise<void> {
    await this.process.takes('velero.serverStart');
    const problem = this.#problem();
    if (problem !== undefined) {
      this.cluster.host.record('velero', { server: 'ended', why: problem });
      this.process.given.finish(1, problem);
      return;
    }
    this.#ensurePassword();
    this.#markInterrupted('Backup');
    this.#markInterrupted('Restore');
    const { disabled } = this.options;
    new Locations(this).start();
    if (!disabled.has('backup-sync')) new BackupSync(this).start();
    if (!disabled.has('schedule')) new Schedules(this).start();
    if (!disabled.has('backup')) new Backups(this).start();
    if (!disabled.has('gc') || !disabled.has('backup-deletion')) new Expiry(this).start();
    if (!disabled.has('restore')) new Restores(this).start();
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

  #problem(): string | undefined {
    if (this.store.resources.get(resourceOf('Backup')) === undefined)
      return 'Velero custom resources not found - apply config/crd/v1/bases/*.yaml,config/crd/v2alpha1/bases*.yaml, to update the custom resource definitions';
    if (this.store.get({ resource: 'namespaces', name: this.namespace }) === undefined)
      return `namespaces "${this.namespace}" not found`;
    const access = { verb: 'list', resource: resourceOf('Backup'), namespace: this.namespace };
    if (!allowed(this.cluster, this.identity, access))
      return `backups.velero.io is forbidden: User "${this.identity.username}" cannot list resource "backups" in API group "velero.io" in the namespace "${this.namespace}"`;
    return undefined;
  }

  #ensurePassword(): void {
    const ref = { resource: 'secrets', namespace: this.namespace, name: CREDENTIALS };
    if (this.store.get(ref) !== undefined) return;
    this.store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: this.namespace, name: CREDENTIALS },
      type: 'Opaque',
      data: { 'repository-password': Buffer.from(PASSWORD).toString('base64') },
    });
  }

  /** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/server/server.go (markInProgressCRsFailed) */
  #markInterrupted(kind: 'Backup' | 'Restore'): void {
    for (const object of this.list(kind)) {
      if (object.status?.phase !== 'InProgress') continue;
      const failureReason = `found a ${kind.toLowerCase()} with status "InProgress" during the server starting, mark it as "Failed"`;
      this.setStatus(object, { phase: 'Failed', failureReason, completionTimestamp: this.store.timestamp() });
      const parts = kind === 'Backup' ? 'PodVolumeBackup' : 'PodVolumeRestore';
      for (const part of this.list(parts)) {
        const ended = ['Completed', 'Failed', 'Canceled'].includes(part.status?.phase);
        const uid = part.metadata.labels?.[`velero.io/${kind.toLowerCase()}-uid`];
        if (!ended && uid === object.metadata.uid)
          this.update(part, (current) => ({ ...current, spec: { ...current.spec, cancel: true } }));
      }
    }
  }
}
