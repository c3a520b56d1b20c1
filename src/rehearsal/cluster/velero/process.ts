import type { KubeObject } from '../host.ts';
import type { ProgramGiven } from '../programs.ts';
import { versionIn } from './version.ts';

/** Velero's own client gives up on S3 when the pod has no credentials at all. */
class NoCredentials extends Error {
  override readonly name = 'CredentialsProviderError';
  constructor() {
    super(
      'get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata',
    );
  }
}

/**
 * A running container of Velero's image, as a thread of time of its own: once it was stopped, nothing that it
 * waits for ever comes, and nothing that it was about to do is done.
 */
export class Process {
  readonly given: ProgramGiven;
  readonly namespace: string;
  readonly serviceAccount: string;
  #ended = false;
  readonly #onEnd: (() => void)[] = [];

  constructor(given: ProgramGiven) {
    this.given = given;
    this.namespace = given.pod.metadata.namespace;
    this.serviceAccount = given.pod.spec.serviceAccountName ?? 'default';
  }

  get cluster() {
    return this.given.cluster;
  }

  get version(): string {
    return versionIn(this.given.container.image ?? '');
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** An environment variable of the container: a plain value, or a field of the pod. */
  env(name: string): string | undefined {
    const entry = this.given.container.env?.find((known: KubeObject) => known.name === name);
    const path: string | undefined = entry?.valueFrom?.fieldRef?.fieldPath;
    if (path === undefined) return entry?.value;
    return path.split('.').reduce((value: KubeObject, key) => value?.[key], this.given.pod);
  }

  end(): void {
    this.#ended = true;
    for (const act of this.#onEnd.splice(0)) act();
  }

  onEnd(act: () => void): void {
    this.#onEnd.push(act);
  }

  /** Resolves after `milliseconds` of the cluster's time; never when the region or this process is gone by then. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.cluster.host.schedule(Math.round(milliseconds), () => {
        if (this.#ended) return;
        this.cluster.host.kernel.touched();
        resolve();
      });
    });
  }

  /** Takes as long as the latency of that name says. */
  takes(latency: string, times = 1): Promise<void> {
    let sum = 0;
    for (let i = 0; i < times; i++) sum += this.cluster.host.latencies.draw(latency);
    return this.sleep(sum);
  }

  /** Acts now, and every `period` from now. */
  every(period: number, act: () => void): void {
    if (this.#ended) return;
    this.cluster.host.schedule(period, () => this.every(period, act));
    act();
  }

  /** Starts work that nobody awaits. */
  spawn(work: () => Promise<unknown>): void {
    this.cluster.host.kernel.spawn(async () => {
      if (!this.#ended) await work();
    });
  }

  /** What `promise` brings, unless this process or its region is gone by then. */
  async alive<Value>(promise: Promise<Value>): Promise<Value> {
    const gone = (): boolean => this.#ended || !this.cluster.host.up();
    try {
      const value = await promise;
      return gone() ? await forever<Value>() : value;
    } catch (error) {
      if (gone()) return forever<Value>();
      throw error;
    }
  }

  /** A call to AWS with the credentials that EKS Pod Identity gives to the pod's service account. */
  aws(service: string, operation: string, input: Record<string, unknown>): Promise<KubeObject> {
    const { host } = this.cluster;
    const role = host.podIdentity(this.namespace, this.serviceAccount);
    if (role === undefined) return Promise.reject(new NoCredentials());
    return this.alive(host.call(role, service, operation, input) as Promise<KubeObject>);
  }
}

const forever = <Value>(): Promise<Value> => new Promise(() => {});
