import type { Bucket } from './s3-bucket.ts';
import type { ReplicationRule } from './s3-settings.ts';
import { measureBy } from './service-metrics.ts';
import type { World } from './world.ts';

/** One version on its way to one bucket. */
type Copy = { source: Bucket; rule: ReplicationRule; startedAt: number; endedAt: number };
type Dark = { from: number; until: number };

/** For how long it is remembered what was on its way: longer than anybody looks back for it. */
const REMEMBERED_MS = 3_600_000;

/**
 * What S3 says of rules with metrics, in the region of the destination, also while nothing is replicated: by how much the
 * destination is behind. What it says while the two regions cannot talk is not documented; nothing, here.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export class S3ReplicationMetrics {
  readonly #world: World;
  readonly #find: (bucket: string) => Bucket | undefined;
  readonly #copies: Copy[] = [];
  /** By pair of regions: when they could not talk. */
  readonly #dark = new Map<string, Dark[]>();
  readonly #regions = new Set<string>();

  constructor(world: World, find: (bucket: string) => Bucket | undefined) {
    this.#world = world;
    this.#find = find;
    world.network.onChange(() => this.#followNetwork());
  }

  /** Answers what to call when it has come to an end, either way. */
  begin(source: Bucket, rule: ReplicationRule): () => void {
    const { now } = this.#world.kernel;
    if (!rule.metrics) return () => {};
    const copy = { source, rule, startedAt: now, endedAt: Number.POSITIVE_INFINITY };
    while ((this.#copies[0]?.endedAt ?? Number.POSITIVE_INFINITY) < now - REMEMBERED_MS) this.#copies.shift();
    this.#copies.push(copy);
    return () => {
      copy.endedAt = this.#world.kernel.now;
    };
  }

  /** Called for each bucket that is made: S3 publishes wherever it has buckets. */
  publishIn(region: string): void {
    if (this.#regions.has(region)) return;
    this.#regions.add(region);
    measureBy(this.#world, region, 'AWS/S3', ({ name, dimensions }, from, to) => {
      if (name !== 'ReplicationLatency') return undefined;
      const source = this.#find(dimensions.SourceBucket ?? '');
      const rule = source?.settings.replication?.rules.find(
        ({ id, destination }) => id === dimensions.RuleId && destination === dimensions.DestinationBucket,
      );
      const destination = this.#find(rule?.destination ?? '');
      if (source === undefined || rule?.metrics !== true || destination?.region !== region) return undefined;
      if (this.#wasDark(source.region, region, from, to)) return undefined;
      const value = this.#behind(source, rule, from, Math.min(to, this.#world.kernel.now)) / 1000;
      return { sum: value, count: 1, min: value, max: value };
    });
  }

  #behind(source: Bucket, rule: ReplicationRule, from: number, to: number): number {
    const under = this.#copies.filter(
      (copy) => copy.source === source && copy.rule === rule && copy.startedAt < to && copy.endedAt >= from,
    );
    return under.reduce((most, { startedAt, endedAt }) => Math.max(most, Math.min(to, endedAt) - startedAt), 0);
  }

  #wasDark(a: string, b: string, from: number, to: number): boolean {
    return (this.#dark.get(`${a}|${b}`) ?? []).some((dark) => dark.from < to && dark.until > from);
  }

  #followNetwork(): void {
    const { network, kernel } = this.#world;
    for (const a of this.#regions)
      for (const b of this.#regions) {
        const known = this.#dark.get(`${a}|${b}`) ?? [];
        const open = known.find(({ until }) => until === Number.POSITIVE_INFINITY);
        if (network.reaches(a, b)) {
          if (open !== undefined) open.until = kernel.now;
        } else if (open === undefined)
          this.#dark.set(`${a}|${b}`, [...known, { from: kernel.now, until: Number.POSITIVE_INFINITY }]);
      }
  }
}
