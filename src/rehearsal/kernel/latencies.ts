import type { Random } from './random.ts';

/**
 * How long something takes, in seconds. Lognormal by its median and 90th percentile, capped at `max`
 * (default: four times the 90th); or uniform between two bounds; or fixed.
 */
export type Latency =
  | { p50: number; p90: number; max?: number; grade: string; source: string }
  | { uniform: [number, number]; grade: string; source: string }
  | { fixed: number; grade: string; source: string };

/** The 90th percentile of a standard normal distribution. */
const Z90 = 1.2816;

export class Latencies {
  readonly #table: Record<string, Latency>;
  readonly #random: Random;
  readonly #streams = new Map<string, Random>();
  #factor: (name: string) => number = () => 1;

  constructor(table: Record<string, Latency>, random: Random) {
    this.#table = table;
    this.#random = random;
  }

  /** A fault may slow names down; the factor is asked at every draw. */
  slowBy(factor: (name: string) => number): void {
    this.#factor = factor;
  }

  /** Milliseconds. An unknown name is a mistake of ours. */
  draw(name: string): number {
    const latency = this.#table[name];
    if (latency === undefined) throw new Error(`no latency named ${name} in latencies.yaml`);
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = this.#random.fork(name);
      this.#streams.set(name, stream);
    }
    return Math.round(1000 * seconds(latency, stream) * this.#factor(name));
  }
}

function seconds(latency: Latency, random: Random): number {
  if ('fixed' in latency) return latency.fixed;
  if ('uniform' in latency) return random.uniform(...latency.uniform);
  const sigma = Math.log(latency.p90 / latency.p50) / Z90;
  return Math.min(latency.p50 * Math.exp(sigma * random.normal()), latency.max ?? latency.p90 * 4);
}
