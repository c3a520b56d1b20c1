import type { World } from './cloud/world.ts';
import type { Random } from './kernel/random.ts';

export type ClientTarget = { entryPoint: string; tier: string; url: URL; ttlSeconds: number };

/** A request that a client made, by who answered it. */
export type Answered = { entryPoint: string; tier: string; at: number; region: string };

/** How often a client asks. The times that a rehearsal tells are exact to this. */
const PERIOD_MS = 5_000;
const TIMEOUT_MS = 3_000;

/**
 * People's clients, on the internet: each asks an entry point by name, again and again, and keeps the name's answer for
 * its time to live, as a resolver does. Who answered is what a rehearsal believes, not what Lifeboat says of itself.
 */
export class Clients {
  /** The first good answer from each region, per entry point, since `start`. */
  readonly first = new Map<string, Answered>();
  readonly #world: World;
  readonly #targets: ClientTarget[];
  readonly #random: Random;
  readonly #cache = new Map<string, { host: string | undefined; until: number }>();
  #running = false;

  constructor(world: World, targets: ClientTarget[]) {
    this.#world = world;
    this.#targets = targets;
    this.#random = world.kernel.random.fork('clients');
  }

  /** Starts asking; stops for an entry point when `done` says so. */
  start(done: (entryPoint: string) => boolean): void {
    if (this.#running) return;
    this.#running = true;
    // Each looked its name up at its own moment; what it then knows it keeps for as long as the name says.
    for (const target of this.#targets) {
      const { now } = this.#world.kernel;
      const host = this.#world.resolve(target.url.hostname, 'internet');
      this.#cache.set(target.url.hostname, { host, until: now + this.#random.next() * target.ttlSeconds * 1000 });
      this.#ask(target, done);
    }
  }

  answeredBy(entryPoint: string, region: string): Answered | undefined {
    return this.first.get(`${entryPoint}@${region}`);
  }

  #ask(target: ClientTarget, done: (entryPoint: string) => boolean): void {
    if (done(target.entryPoint)) return;
    this.#world.kernel.spawn(() => this.#request(target));
    this.#world.kernel.schedule(PERIOD_MS, () => this.#ask(target, done));
  }

  async #request({ entryPoint, tier, url, ttlSeconds }: ClientTarget): Promise<void> {
    const host = this.#resolve(url.hostname, ttlSeconds);
    if (host === undefined) return;
    const address = new URL(url);
    address.hostname = host;
    try {
      const { status } = await this.#world.fetch(
        { method: 'GET', url: address, headers: { host: url.hostname } },
        'internet',
        TIMEOUT_MS,
      );
      if (status >= 400) return;
    } catch {
      // Nobody answers: that is what an outage looks like from here.
      return;
    }
    const region = this.#world.hosts.get(host)?.region ?? '';
    const key = `${entryPoint}@${region}`;
    if (!this.first.has(key)) this.first.set(key, { entryPoint, tier, at: this.#world.kernel.now, region });
  }

  #resolve(name: string, ttlSeconds: number): string | undefined {
    const { now } = this.#world.kernel;
    const cached = this.#cache.get(name);
    if (cached !== undefined && cached.until > now) return cached.host;
    const host = this.#world.resolve(name, 'internet');
    this.#cache.set(name, { host, until: now + ttlSeconds * 1000 });
    return host;
  }
}
