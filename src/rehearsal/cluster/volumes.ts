/** What a volume holds, as far as it matters: how far its data has come, and where it began. */
export type Content = {
  /** When the last write that it holds was accepted; null when it was never written. Milliseconds since 1970. */
  lastWrite: number | null;
  bytes: number;
  /** Where its data began: `<cluster>/<persistent volume>`. Kept through snapshots and restores. */
  origin: string;
};

type Span = { from: number; to: number | undefined };
type Volume = { base: Content; filledAt: number; capacity: number; spans: Span[]; writers: Set<string> };

/** A running application writes to its volumes this often. Our assumption. */
export const WRITE_INTERVAL_MS = 1_000;
const BYTES_PER_WRITE = 256;
/** What is written replaces older data once the volume is this full. */
const FULL = 0.8;

/**
 * What the cluster's persistent volumes hold. Nothing is written down when an application writes: a volume knows
 * since when somebody writes to it, at once and then every WRITE_INTERVAL_MS, and answers what it held at any time.
 */
export class Volumes {
  readonly #volumes = new Map<string, Volume>();
  /** Copies of volumes, by the snapshots' handles. */
  readonly #kept = new Map<string, Content>();
  readonly #cluster: string;
  readonly #now: () => number;

  constructor(cluster: string, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** A new volume, empty. */
  add(pv: string, capacityBytes: number): void {
    const base: Content = { lastWrite: null, bytes: 0, origin: `${this.#cluster}/${pv}` };
    this.#volumes.set(pv, { base, filledAt: this.#now(), capacity: capacityBytes, spans: [], writers: new Set() });
  }

  delete(pv: string): void {
    this.#volumes.delete(pv);
  }

  has(pv: string): boolean {
    return this.#volumes.has(pv);
  }

  names(): string[] {
    return [...this.#volumes.keys()];
  }

  /** What the volume held at a time, by default now. */
  contentAt(pv: string, time: number = this.#now()): Content {
    const { base, spans, capacity } = this.#of(pv);
    let writes = 0;
    let lastWrite = base.lastWrite;
    for (const span of spans) {
      const many = writesIn(span, Number.NEGATIVE_INFINITY, time);
      if (many === 0) continue;
      writes += many;
      lastWrite = span.from + (many - 1) * WRITE_INTERVAL_MS;
    }
    if (writes === 0) return base;
    const grown = Math.min(base.bytes + writes * BYTES_PER_WRITE, Math.max(base.bytes, capacity * FULL));
    return { lastWrite, bytes: Math.floor(grown), origin: base.origin };
  }

  /** The content of this moment, to be kept. */
  snapshot(pv: string): Content {
    return { ...this.contentAt(pv) };
  }

  /** What a snapshot holds; it outlives its volume. */
  keep(snapshot: string, content: Content): void {
    this.#kept.set(snapshot, content);
  }

  kept(snapshot: string): Content | undefined {
    return this.#kept.get(snapshot);
  }

  forget(snapshot: string): void {
    this.#kept.delete(snapshot);
  }

  /** Puts content in place of what was there: a restore. Whoever writes now writes on top of it. */
  fill(pv: string, content: Content): void {
    const volume = this.#of(pv);
    volume.base = { ...content };
    volume.filledAt = this.#now();
    volume.spans = volume.writers.size > 0 ? [{ from: this.#now(), to: undefined }] : [];
  }

  /** What the volume started from: what it was filled with, or nothing. */
  base(pv: string): Content & { filledAt: number } {
    const { base, filledAt } = this.#of(pv);
    return { ...base, filledAt };
  }

  /** How many writes applications made after `from`, until `to` inclusive. */
  writesBetween(pv: string, from: number, to: number = this.#now()): number {
    return this.#of(pv).spans.reduce((sum, span) => sum + writesIn(span, from, to), 0);
  }

  /** An application's container that mounts the volume read-write began to run. `writer` names it uniquely. */
  startWriting(pv: string, writer: string): void {
    const volume = this.#volumes.get(pv);
    if (volume === undefined || volume.writers.has(writer)) return;
    if (volume.writers.size === 0) volume.spans.push({ from: this.#now(), to: undefined });
    volume.writers.add(writer);
  }

  stopWriting(pv: string, writer: string): void {
    const volume = this.#volumes.get(pv);
    if (volume === undefined || !volume.writers.delete(writer) || volume.writers.size > 0) return;
    const open = volume.spans.at(-1);
    if (open !== undefined) open.to ??= this.#now();
  }

  /** Whether somebody writes to it now. */
  written(pv: string): boolean {
    return (this.#volumes.get(pv)?.writers.size ?? 0) > 0;
  }

  /** The region is gone: nothing is written from here on. */
  pause(): void {
    for (const { spans } of this.#volumes.values()) {
      const open = spans.at(-1);
      if (open !== undefined) open.to ??= this.#now();
    }
  }

  /** The region is back, and so are those who wrote. */
  resume(): void {
    for (const volume of this.#volumes.values())
      if (volume.writers.size > 0 && volume.spans.at(-1)?.to !== undefined)
        volume.spans.push({ from: this.#now(), to: undefined });
  }

  #of(pv: string): Volume {
    const volume = this.#volumes.get(pv);
    if (volume === undefined) throw new Error(`no volume ${pv} in ${this.#cluster}`);
    return volume;
  }
}

/** Writes after `from`, until `to` inclusive; a span's own end is when its writer stopped. */
function writesIn(span: Span, from: number, to: number): number {
  const end = Math.min(to, span.to ?? Number.POSITIVE_INFINITY);
  if (end < span.from) return 0;
  const upTo = Math.floor((end - span.from) / WRITE_INTERVAL_MS) + 1;
  if (from < span.from) return upTo;
  return Math.max(0, upTo - (Math.floor((from - span.from) / WRITE_INTERVAL_MS) + 1));
}
