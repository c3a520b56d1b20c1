import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Api } from './api.ts';
import { Container, nothingToDo } from './container.ts';
import { type ContainerProcess, startProcess } from './container-process.ts';
import { API_SERVER, environmentOf, PROXY } from './environment.ts';
import { PLUGIN, PROGRAMS, workOf } from './images.ts';
import { type Address, podStatus } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';

/** What the pods of all nodes have in common. */
export type Ground = {
  api: Api;
  home: string;
  disks: string;
  logs: string;
  region: string;
  programs: string;
  authority: string;
  /** Where the stand-in listens for pods. */
  apiSocket: string;
  proxySocket: string;
};

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** A pod that has come to a node, from its volumes to its end. */
export class PodOnNode {
  readonly #ground: Ground;
  readonly #address: Address;
  readonly #volumes: PodVolumes;
  readonly #directory: string;
  readonly #first: Container[];
  readonly #main: Container[];
  readonly #since = new Date().toISOString();
  #said = '';

  constructor(ground: Ground, pod: KubeObject, address: Address) {
    const { spec, metadata } = pod;
    const node = join(ground.home, spec.nodeName);
    this.#ground = ground;
    this.#address = address;
    this.#volumes = new PodVolumes(ground.api, pod, { node, disks: ground.disks });
    this.#directory = join(node, 'containers', metadata?.uid ?? '');
    const restarts = (policy: string) => (exitCode: number) =>
      policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
    const beginning = spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    const made = (policy: string) => (container: KubeObject) =>
      new Container(container, restarts(container.restartPolicy ?? policy), (one, run) => this.#start(pod, one, run));
    this.#first = (spec.initContainers ?? []).map(made(beginning));
    this.#main = spec.containers.map(made(spec.restartPolicy));
  }

  /** Takes what steps can be taken now. */
  async sync(pod: KubeObject, claims: KubeObject[]): Promise<void> {
    if (pod.metadata?.deletionTimestamp !== undefined) return this.#leave(pod);
    const problem = await this.#volumes.make(pod, claims).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem === undefined) await this.#advance();
    await this.#report(pod, problem);
  }

  /** Ends it without a word: nobody knows of it any more. */
  async remove(): Promise<void> {
    for (const container of this.#all()) container.end(0);
    while (!this.#ended()) await new Promise((resolve) => setTimeout(resolve, 50));
    await this.#volumes.remove();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #all(): Container[] {
    return [...this.#first, ...this.#main];
  }

  #ended(): boolean {
    return this.#all().every(({ state }) => state.kind === 'terminated');
  }

  /** One after another those that begin, then all others at once. https://kubernetes.io/docs/concepts/workloads/pods/init-containers/ */
  async #advance(): Promise<void> {
    for (const container of this.#first) {
      await container.advance();
      const sidecar = container.spec.restartPolicy === 'Always' && container.state.kind === 'running';
      if (!container.succeeded && !sidecar) return;
    }
    await Promise.all(this.#main.map((container) => container.advance()));
    const over = this.#main.every((container) => container.over);
    if (over) for (const sidecar of this.#first) sidecar.end(0);
  }

  async #leave(pod: KubeObject): Promise<void> {
    for (const container of this.#all()) container.end((pod.metadata?.deletionGracePeriodSeconds ?? 30) * 1000);
    if (!this.#ended()) return;
    await this.#report(pod);
    await this.remove();
    const { namespace, name, uid } = pod.metadata ?? {};
    await this.#ground.api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, uid ?? '');
  }

  async #report(pod: KubeObject, problem?: string): Promise<void> {
    const containers = { first: this.#first, main: this.#main, problem };
    const status = podStatus(pod, containers, this.#address, this.#since);
    const saying = JSON.stringify(status);
    if (saying === this.#said) return;
    const { namespace, name } = pod.metadata ?? {};
    await this.#ground.api.reportStatus(`/api/v1/namespaces/${namespace}/pods/${name}`, status);
    this.#said = saying;
  }

  async #start(pod: KubeObject, container: KubeObject, run: number): Promise<ContainerProcess | undefined> {
    const work = workOf(pod, container);
    if (work.kind === 'stays') return undefined;
    if (work.kind === 'copies plugin') await this.#copyPlugin(container);
    if (work.kind !== 'process') return nothingToDo;
    const { namespace, name } = pod.metadata ?? {};
    const { api, region, programs, authority, logs, apiSocket, proxySocket } = this.#ground;
    const mounts = [
      ...PROGRAMS.map((program) => ({ from: join(programs, program), to: `/${program}`, readOnly: true })),
      { from: authority, to: AUTHORITIES, readOnly: true },
      ...(container.volumeMounts ?? []).map((mount: KubeObject) => ({
        from: join(this.#volumes.place(mount.name), mount.subPath ?? ''),
        to: mount.mountPath,
        readOnly: mount.readOnly === true,
      })),
    ];
    const directory = join(this.#directory, container.name, `${run}`);
    return startProcess(directory, join(logs, `${namespace}_${name}_${container.name}.log`), container, {
      hostname: name ?? '',
      command: work.command,
      env: await environmentOf(api, pod, container, region),
      mounts,
      relays: [
        { ...API_SERVER, path: apiSocket },
        { ...PROXY, path: proxySocket },
      ],
    });
  }

  /** https://github.com/velero-io/velero-plugin-for-aws/blob/v1.14.3/hack/cp-plugin/main.go */
  async #copyPlugin(container: KubeObject): Promise<void> {
    const target = container.volumeMounts.find(({ mountPath }: KubeObject) => mountPath === '/target');
    const directory = join(this.#volumes.place(target?.name), target?.subPath ?? '');
    await mkdir(directory, { recursive: true });
    await copyFile(join(this.#ground.programs, PLUGIN), join(directory, PLUGIN));
  }
}
