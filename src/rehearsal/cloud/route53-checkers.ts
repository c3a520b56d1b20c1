import type { Cancel } from '../kernel/kernel.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html#Route53-Type-HealthCheckConfig-Regions */
export const CHECKER_REGIONS = [
  ...['us-east-1', 'us-west-1', 'us-west-2', 'eu-west-1'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'sa-east-1'],
];
const CHECKERS_PER_REGION = 2;
/** An endpoint that does not answer is given up after four seconds. */
const CONNECT_MS = 4_000;

type Checker = {
  region: string;
  /** When it probes, within the interval. */
  phase: number;
  /** What a probe finds now, and since when. */
  finds: boolean;
  since: number;
  /** The outcome of its last probes, as of `since`. */
  streak: { ok: boolean; length: number };
  healthy: boolean;
  cancel: Cancel | undefined;
};

export type CheckerSettings = { intervalMs: number; failureThreshold: number; regions: string[] };

/**
 * Checkers around the world, each probing at its own moments. None is simulated probe by probe: an endpoint answers
 * otherwise only from known moments on, and from these follows when each checker has seen enough of it.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export class Checkers {
  readonly #world: World;
  readonly #settings: CheckerSettings;
  readonly #checkers: Checker[];
  readonly #changed: () => void;

  constructor(world: World, settings: CheckerSettings, changed: () => void) {
    this.#world = world;
    this.#settings = settings;
    this.#changed = changed;
    const spread = settings.intervalMs / 10;
    this.#checkers = settings.regions.flatMap((region) =>
      Array.from({ length: CHECKERS_PER_REGION }, () => ({
        region,
        phase: Math.floor((world.latencies.draw('route53.healthCheckSpread') * spread) / 1000) % settings.intervalMs,
        finds: true,
        since: world.kernel.now,
        streak: { ok: true, length: settings.failureThreshold },
        healthy: true,
        cancel: undefined,
      })),
    );
  }

  /** Share of the checkers that can speak at all which call the endpoint healthy; undefined when none can. */
  healthyShare(): number | undefined {
    const speaking = this.#checkers.filter(({ region }) => this.#world.network.up(region));
    if (speaking.length === 0) return undefined;
    return speaking.filter(({ healthy }) => healthy).length / speaking.length;
  }

  byRegion(): { region: string; healthy: boolean; finds: boolean }[] {
    return this.#checkers.map(({ region, healthy, finds }) => ({ region, healthy, finds }));
  }

  /** From now on, a probe out of each region finds this. */
  find(fromRegion: (region: string) => boolean): void {
    const { now } = this.#world.kernel;
    for (const checker of this.#checkers) {
      const finds = fromRegion(checker.region);
      if (finds === checker.finds) continue;
      checker.streak = this.#streakAt(checker, now);
      checker.finds = finds;
      checker.since = now;
      this.#plan(checker);
    }
  }

  /** Every checker has long seen what a probe finds now. */
  settle(): void {
    for (const checker of this.#checkers) {
      checker.cancel?.();
      checker.streak = { ok: checker.finds, length: this.#settings.failureThreshold };
      checker.since = this.#world.kernel.now;
      checker.healthy = checker.finds;
    }
  }

  /** The checker's probes between `since` and `now` added to its streak. */
  #streakAt(checker: Checker, now: number): Checker['streak'] {
    const { intervalMs } = this.#settings;
    const number = (at: number): number => Math.floor((at - checker.phase) / intervalMs);
    const probes = number(now) - number(checker.since);
    if (probes <= 0) return checker.streak;
    const before = checker.streak.ok === checker.finds ? checker.streak.length : 0;
    return { ok: checker.finds, length: before + probes };
  }

  /** When this checker will have seen enough to change its mind. */
  #plan(checker: Checker): void {
    checker.cancel?.();
    checker.cancel = undefined;
    if (checker.finds === checker.healthy) return;
    const { intervalMs, failureThreshold } = this.#settings;
    const seen = checker.streak.ok === checker.finds ? checker.streak.length : 0;
    const next = intervalMs - ((checker.since - checker.phase) % intervalMs);
    const last = next + (Math.max(1, failureThreshold - seen) - 1) * intervalMs;
    checker.cancel = this.#world.kernel.schedule(last + (checker.finds ? 0 : CONNECT_MS), () => {
      checker.cancel = undefined;
      checker.healthy = checker.finds;
      this.#changed();
    });
  }
}
