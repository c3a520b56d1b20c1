import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Api } from './api.ts';
import { claimName } from './claims.ts';
import { isSeen } from './images.ts';
import { filesOf } from './projected-files.ts';

const run = promisify(execFile);

/** The kubelet's directory on a node, in which node agents look for volumes. */
export const POD_HOME = 'var/lib/kubelet/pods';

/**
 * What a pod's volumes are on its node, where they are as a kubelet has them. Disks are mounted in the namespace of this
 * process, from which a node agent's gets them too, also those of pods that start after it.
 */
export class PodVolumes {
  readonly #api: Api;
  /** The node's root. */
  readonly #node: string;
  /** The directory with the disks. */
  readonly #disks: string;
  readonly #home: string;
  readonly #mounted: string[] = [];
  readonly #places = new Map<string, string>();

  constructor(api: Api, pod: KubeObject, { node, disks }: { node: string; disks: string }) {
    this.#api = api;
    this.#node = node;
    this.#disks = disks;
    this.#home = join(node, POD_HOME, pod.metadata?.uid ?? '');
  }

  /** Throws what it waits for. */
  async make(pod: KubeObject, claims: KubeObject[]): Promise<void> {
    mkdirSync(this.#home, { recursive: true });
    for (const volume of pod.spec.volumes ?? [])
      if (!this.#places.has(volume.name)) {
        const place = await this.#make(pod, volume, claims);
        if (place !== undefined) this.#places.set(volume.name, place);
      }
  }

  /** The directory, or file, of a volume. */
  place(volume: string): string {
    const found = this.#places.get(volume);
    if (found === undefined) throw new Error(`there is no volume ${volume}`);
    return found;
  }

  async remove(): Promise<void> {
    // A directory that somebody has removed is no mount any more.
    for (const place of this.#mounted.splice(0)) if (existsSync(place)) await run('umount', ['--lazy', place]);
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #make(pod: KubeObject, volume: KubeObject, claims: KubeObject[]): Promise<string | undefined> {
    const claimed = claimName(pod, volume);
    if (claimed !== undefined) return this.#disk(pod, claimed, claims);
    if (volume.emptyDir !== undefined) return this.#directory('empty-dir', volume.name);
    if (!isSeen(pod, volume.name)) return undefined;
    if (volume.hostPath !== undefined) return this.#hostPath(volume.hostPath.path);
    const files = await filesOf(this.#api, pod, volume);
    const place = this.#directory('projected', volume.name);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), content, { mode: 0o644 });
    }
    return place;
  }

  async #disk(pod: KubeObject, name: string, claims: KubeObject[]): Promise<string> {
    const { namespace } = pod.metadata ?? {};
    const claim = claims.find(({ metadata }) => metadata?.name === name && metadata.namespace === namespace);
    if (claim?.status?.phase !== 'Bound') throw new Error(`claim ${name} is not bound`);
    if (claim.spec.volumeMode === 'Block')
      throw new Error(`claim ${name} wants a block device, which is not simulated`);
    const disk = join(this.#disks, claim.spec.volumeName);
    if (!existsSync(disk)) throw new Error(`volume ${claim.spec.volumeName} cannot be attached: there is none`);
    const place = this.#directory('csi', claim.spec.volumeName, 'mount');
    if (this.#mounted.includes(place)) return place; // Two volumes of a pod may be one claim.
    await run('mount', ['--bind', disk, place]);
    this.#mounted.push(place);
    return place;
  }

  #directory(plugin: string, ...path: string[]): string {
    const place = join(this.#home, 'volumes', `kubernetes.io~${plugin}`, ...path);
    mkdirSync(place, { recursive: true });
    return place;
  }

  #hostPath(path: string): string {
    const place = join(this.#node, path);
    if (!existsSync(place)) mkdirSync(place, { recursive: true });
    return place;
  }
}
