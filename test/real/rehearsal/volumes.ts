import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { Content } from '../../../src/rehearsal/cluster/volumes.ts';
import type { Random } from '../../../src/rehearsal/kernel/random.ts';
import type { View } from './view.ts';

/** One line for each write, with its time: milliseconds since 1970. */
export const WRITES = 'writes.log';
/** Its pods mount copies, in which nobody writes. */
const VELERO = 'velero';
const FILES = 3;
const MOST_BYTES = 20_000;

/**
 * What a real cluster's volumes hold, read from their directories. Applications write here as the twin's do: a line each
 * second, to every volume that a running pod mounts, and a few files once.
 */
export class RealVolumes {
  readonly #view: View;
  readonly #random: Random;
  readonly #cluster: string;
  readonly #directoryOf: (pv: string) => string;
  #kept: Map<string, Map<string, Buffer>> | undefined;

  constructor(cluster: string, view: View, directoryOf: (pv: string) => string, random: Random) {
    this.#cluster = cluster;
    this.#view = view;
    this.#directoryOf = directoryOf;
    this.#random = random;
  }

  /** By the claims that are bound. */
  names(): string[] {
    return this.#view.store
      .list('persistentvolumeclaims')
      .flatMap(({ spec }) => (spec.volumeName && this.has(spec.volumeName) ? [spec.volumeName] : []));
  }

  has(pv: string): boolean {
    return this.#kept?.has(pv) ?? existsSync(this.#directoryOf(pv));
  }

  snapshot(pv: string): Content {
    const writes = this.#writes(pv);
    return { lastWrite: writes.at(-1) ?? null, bytes: this.#bytes(pv), origin: `${this.#cluster}/${pv}` };
  }

  /** Nothing writes to a volume that was filled but what filled it, as far as this harness goes. */
  base(pv: string): Content & { filledAt: number } {
    return { ...this.snapshot(pv), filledAt: Date.now() };
  }

  writesBetween(pv: string, from: number, to: number = Date.now()): number {
    return this.#writes(pv).filter((at) => at > from && at <= to).length;
  }

  /** Each file's bytes by its path. */
  files(pv: string): Map<string, Buffer> {
    const kept = this.#kept?.get(pv);
    if (kept !== undefined) return kept;
    const root = this.#directoryOf(pv);
    const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = paths.map(({ parentPath, name }) => join(parentPath, name));
    return new Map(files.map((path) => [path.slice(root.length + 1), readFileSync(path)]));
  }

  /** As applications do in this second. */
  write(): void {
    for (const pv of this.#mounted()) {
      const directory = this.#directoryOf(pv);
      if (!existsSync(join(directory, WRITES))) this.#begin(directory);
      appendFileSync(join(directory, WRITES), `${Date.now()}\n`);
    }
  }

  /** Remembers what there is now, since the directories go with their cluster. */
  keep(): void {
    this.#kept = new Map(this.names().map((pv) => [pv, this.files(pv)]));
  }

  #begin(directory: string): void {
    mkdirSync(join(directory, 'data'), { recursive: true });
    for (let index = 0; index < FILES; index++) {
      const bytes = Buffer.from(this.#random.hex(2 * (1 + this.#random.below(MOST_BYTES))), 'hex');
      writeFileSync(join(directory, 'data', `${index}.bin`), bytes);
    }
  }

  #mounted(): Set<string> {
    const claims = new Map<string, string>(
      this.#view.store
        .list('persistentvolumeclaims')
        .map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec.volumeName]),
    );
    const pods = this.#view.store.list('pods').filter(({ metadata }) => metadata.namespace !== VELERO);
    const running = pods.filter(({ status }) => status?.phase === 'Running');
    const names = running.flatMap(({ metadata, spec }) =>
      (spec.volumes ?? []).flatMap((volume: KubeObject) => {
        const claim = volume.persistentVolumeClaim?.claimName;
        const pv = claim && claims.get(`${metadata.namespace}/${claim}`);
        return pv && this.has(pv) ? [pv] : [];
      }),
    );
    return new Set(names);
  }

  #writes(pv: string): number[] {
    const text = this.files(pv).get(WRITES)?.toString('utf8') ?? '';
    return text.split('\n').filter(Boolean).map(Number);
  }

  #bytes(pv: string): number {
    return [...this.files(pv).values()].reduce((sum, bytes) => sum + bytes.length, 0);
  }
}
