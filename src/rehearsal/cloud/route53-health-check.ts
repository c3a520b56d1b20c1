import type { StreamVerdict } from './cloudwatch-evaluation.ts';
import { type StatisticSet, single } from './cloudwatch-metrics.ts';
import { CHECKER_REGIONS, Checkers } from './route53-checkers.ts';
import { type Endpoint, endpointOf, probe } from './route53-endpoint.ts';
import type { Input } from './service.ts';
import type { World } from './world.ts';

type Spell = { from: number; healthy: boolean };

/** Healthy while more than this share of the checkers say so. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
const HEALTHY_SHARE = 0.18;

/** A health check and its status, with the history that its metric needs. */
export class HealthCheck {
  readonly id: string;
  readonly endpoint: Endpoint | undefined;
  readonly checkers: Checkers | undefined;
  config: Input;
  readonly #world: World;
  readonly #changed: (check: HealthCheck) => void;
  #spells: Spell[];
  /** What was found last, before Inverted and Disabled are asked. */
  #found = true;
  #verdict: StreamVerdict = 'insufficient';

  constructor(id: string, config: Input, world: World, changed: (check: HealthCheck) => void) {
    this.id = id;
    this.config = config;
    this.#world = world;
    this.#changed = changed;
    this.#spells = [{ from: Number.NEGATIVE_INFINITY, healthy: this.#effective() }];
    if (!/^(HTTP|TCP)/.test(config.Type)) return;
    this.endpoint = endpointOf(config);
    this.checkers = new Checkers(
      world,
      {
        intervalMs: 1000 * Number(config.RequestInterval ?? 30),
        failureThreshold: Number(config.FailureThreshold ?? 3),
        regions: config.Regions ?? CHECKER_REGIONS,
      },
      () => this.#count(),
    );
  }

  /** As the DNS sees it now. */
  get healthy(): boolean {
    return this.#spells.at(-1)?.healthy === true;
  }

  /** Looks at the endpoint now; checkers notice in their own time. */
  look(): void {
    if (this.endpoint === undefined || this.checkers === undefined) return;
    this.checkers.find(this.#probe(this.endpoint));
    // A checker whose region is lost says nothing any more, which may change the share.
    this.#count();
  }

  /** As if what it watches had long been as it is now; for one that watches no endpoint, as `found` says. */
  settle(found: boolean = this.#found): void {
    this.#found = found;
    if (this.endpoint !== undefined && this.checkers !== undefined) {
      this.checkers.find(this.#probe(this.endpoint));
      this.checkers.settle();
      this.#found = (this.checkers.healthyShare() ?? 1) > HEALTHY_SHARE;
    }
    this.#spells = [{ from: Number.NEGATIVE_INFINITY, healthy: this.#effective() }];
  }

  /**
   * What the data of its alarm say. Without enough of them it is as InsufficientDataHealthStatus says; a new check
   * without a last known status is healthy. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
   */
  data(verdict: StreamVerdict): void {
    this.#verdict = verdict;
    if (verdict !== 'insufficient') this.find(verdict === 'ok');
    else if (this.config.InsufficientDataHealthStatus === 'Healthy') this.find(true);
    else if (this.config.InsufficientDataHealthStatus === 'Unhealthy') this.find(false);
  }

  get verdict(): StreamVerdict {
    return this.#verdict;
  }

  /** What was found, before Inverted and Disabled. */
  find(found: boolean): void {
    if (this.#found === found) return;
    this.#found = found;
    this.apply();
  }

  /** Its status follows what was found and its configuration; name servers hear of it a moment later. */
  apply(): void {
    const healthy = this.#effective();
    this.#world.kernel.schedule(this.#world.latencies.draw('route53.aggregate'), () => {
      if (this.healthy === healthy || this.#effective() !== healthy) return;
      this.#spells.push({ from: this.#world.kernel.now, healthy });
      this.#world.record('health check', { id: this.id, type: this.config.Type, healthy });
      this.#changed(this);
    });
  }

  /** 1 while healthy, 0 while not; of each minute the least, the greatest and the average by time. */
  status(from: number, to: number): StatisticSet {
    const spells = this.#spells.filter(
      (spell, index) => spell.from < to && (this.#spells[index + 1]?.from ?? to) > from,
    );
    let healthyMs = 0;
    for (const [index, spell] of spells.entries())
      if (spell.healthy) healthyMs += Math.min(spells[index + 1]?.from ?? to, to) - Math.max(spell.from, from);
    const values = spells.map(({ healthy }) => Number(healthy));
    const average = healthyMs / (to - from);
    return { sum: average, count: 1, min: Math.min(...values), max: Math.max(...values) };
  }

  percentage(): StatisticSet | undefined {
    const share = this.checkers?.healthyShare();
    return share === undefined ? undefined : single(100 * share);
  }

  #probe(endpoint: Endpoint): (region: string) => boolean {
    try {
      return probe(this.#world, endpoint);
    } catch (error) {
      if (error instanceof Error && 'code' in error) return () => false;
      throw error;
    }
  }

  #count(): void {
    const share = this.checkers?.healthyShare();
    if (share !== undefined) this.find(share > HEALTHY_SHARE);
  }

  /** A disabled check finds its endpoint well, whatever happens. https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html */
  #effective(): boolean {
    const found = this.config.Disabled === true || this.#found;
    return this.config.Inverted === true ? !found : found;
  }
}
