import { durationText } from './duration.ts';
import { detectionOf } from './feasibility-detection.ts';
import { FIGURES, type RtoTerm, sumOf, times, within } from './feasibility-figures.ts';
import { type Sizes, totalOf, VOLUME_MEGABYTES } from './feasibility-sizes.ts';
import { tierNamespaces } from './places.ts';
import type { Plan } from './schema.ts';

export type TierRto = { target: number; p50: number; p90: number; terms: RtoTerm[] };

/** How ready a standby can be, the coldest first. */
export const POSTURES = ['cold', 'pilot', 'warm', 'hot'] as const;
export type Posture = (typeof POSTURES)[number];

/** What a run asks: nobody; a person, for so long; or a person, without whom it holds. */
export type Asking = 'nobody' | 'until-timeout' | 'without-end';

/** The state machine's pauses between two looks at something that takes time. */
const LOOK_AGAIN_SECONDS = 10;
const SYNC_SECONDS = 30;
const PLAN_DECISION = 'the plan: decision';
const ASL = 'statemachines/failover.asl.json';

/** Seconds from the loss until a tier serves again, each phase at the median and the ninetieth percentile. */
export function tierRto(
  plan: Plan,
  tier: Plan['tiers'][number],
  sizes: Sizes,
  asking: Asking,
  posture: Posture,
): TierRto {
  const terms = [
    ...detectionOf(plan).terms,
    decide(plan, asking),
    { what: 'decide and fence: points chosen, epoch raised', p50: 1, p90: 2, source: FIGURES['lambda.init'].source },
    ...prepare(sizes, posture),
    ...recover(plan, tier.name, sizes, posture),
    ...validate(plan, tier.name, posture),
    ...shift(plan, tier.name),
  ].map((term) => ({ ...term, p50: Math.round(term.p50), p90: Math.ceil(term.p90) }));
  return { target: tier.rto, ...sumOf(terms), terms };
}

function decide({ decision }: Plan, asking: Asking): RtoTerm {
  const { timeout } = decision;
  switch (asking) {
    case 'nobody':
      return { what: 'decide: nobody is asked', p50: 0, p90: 0, source: PLAN_DECISION };
    case 'until-timeout':
      return {
        what: `decide: nobody answers for ${durationText(timeout)}, then it goes on`,
        p50: timeout,
        p90: timeout,
        source: `${PLAN_DECISION}.timeout, decision.onTimeout`,
      };
    case 'without-end':
      return { what: "decide: a person's word, whose time is not counted", p50: 0, p90: 0, source: PLAN_DECISION };
  }
}

/** Side by side: nodes with their agents, and the backups' records with what is the cluster's. The longer one counts. */
function prepare(sizes: Sizes, posture: Posture): RtoTerm[] {
  if (posture === 'hot') return [];
  const { 'eks.autoModeNode': node, 'image.pull': pull, 'pod.start': start, 'velero.restorePause': pause } = FIGURES;
  const poll = within(LOOK_AGAIN_SECONDS, ASL);
  const nodes = sumOf([node, pull, start, poll]);
  const records = sumOf([
    within(SYNC_SECONDS, ''),
    start,
    pause,
    times(sizes.clusterObjects, FIGURES['velero.restoreItem']),
    poll,
  ]);
  const longer: RtoTerm =
    posture === 'warm' || nodes.p90 >= records.p90
      ? { what: 'prepare: nodes, each with its agent', ...nodes, source: node.source }
      : {
          what: `prepare: backups synced, ${sizes.clusterObjects} objects of the cluster restored`,
          ...records,
          source: FIGURES['velero.restoreItem'].source,
        };
  if (posture !== 'cold') return [longer];
  const { 'eks.createCluster': create, 'eks.addon': addon, 'velero.install': install } = FIGURES;
  return [
    { what: 'prepare: a new cluster', ...create },
    { what: 'prepare: its add-ons', ...addon },
    { what: 'prepare: Velero installed', ...install },
    longer,
  ];
}

/** Velero restores one backup at a time, so a tier waits for those before it. https://velero.io/docs/v1.18/restore-reference/ */
function recover(plan: Plan, tier: string, sizes: Sizes, posture: Posture): RtoTerm[] {
  if (posture === 'hot') return [];
  const { 'image.pull': pull, 'pod.start': start } = FIGURES;
  if (posture === 'warm') return [{ what: 'recover: pods scaled up', ...sumOf([pull, start]), source: pull.source }];
  const names = plan.tiers.map(({ name }) => name);
  const before = names.slice(0, names.indexOf(tier));
  const waited = before.flatMap((name) => restoreTerms(plan, name, sizes));
  const first =
    before.length === 0 ? [] : [{ what: `recover: ${before.join(', ')} first`, ...sumOf(waited), source: ONE_RESTORE }];
  return [...first, ...restoreTerms(plan, tier, sizes)];
}

const ONE_RESTORE = 'https://velero.io/docs/v1.18/restore-reference/ (one restore at a time)';

/**
 * Moved snapshots are filled by pods of Velero's own, and each claim is then bound to its volume when Kubernetes next
 * looks; the next one of the node is begun only then.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (--pvclaimbinder-sync-period)
 */
const REBOUND = within(15, '');
const DOWNLOADS_BEGIN = [FIGURES['volume.provision'], FIGURES['pod.start']];

/** One tier's restore by itself. */
export function restoreTerms(plan: Plan, tier: string, sizes: Sizes): RtoTerm[] {
  const { objects, volumes } = totalOf(sizes, tierNamespaces(plan, tier));
  const item = FIGURES['velero.restoreItem'];
  const megabyte = FIGURES['velero.restoreMegabyte'];
  const begin = [FIGURES['pod.start'], FIGURES['velero.restorePause'], within(LOOK_AGAIN_SECONDS, ASL)];
  const restored: RtoTerm = {
    what: `recover: ${objects} objects of ${tier} restored`,
    ...sumOf([...begin, times(objects, item)]),
    source: item.source,
  };
  if (volumes === 0) return [restored];
  const filled = sumOf([
    times(volumes * VOLUME_MEGABYTES, megabyte),
    times(volumes, FIGURES['velero.volumeOverhead']),
    ...(plan.stores.backups.volumes === 'snapshots' ? [...DOWNLOADS_BEGIN, times(volumes, REBOUND)] : []),
  ]);
  const gigabytes = (volumes * VOLUME_MEGABYTES) / 1000;
  return [
    restored,
    {
      what: `recover: ${volumes} volumes filled, ${gigabytes} GB in all, one after another`,
      ...filled,
      source: megabyte.source,
    },
  ];
}

/** Pods well and, where there is traffic to move, seen to be well by the load balancers. */
function validate(plan: Plan, tier: string, posture: Posture): RtoTerm[] {
  if (posture === 'hot') return [];
  const { 'elb.registerTarget': register, 'image.pull': pull, 'pod.start': start } = FIGURES;
  const poll = within(LOOK_AGAIN_SECONDS, ASL);
  const pods = sumOf([pull, start, poll]);
  if (!hasTraffic(plan, tier)) return [{ what: 'validate: pods ready', ...pods, source: start.source }];
  return [
    {
      what: 'validate: pods ready, targets healthy, checks passed',
      ...sumOf([pods, register]),
      source: register.source,
    },
  ];
}

function shift(plan: Plan, tier: string): RtoTerm[] {
  if (!hasTraffic(plan, tier)) return [];
  const { ttl } = plan.traffic;
  return [
    { what: 'shift: health checks turn over', ...FIGURES['route53.flipByHealthCheck'] },
    {
      ...within(ttl, 'the plan: traffic.ttl'),
      what: `shift: resolvers keep the old answer, up to ${durationText(ttl)}`,
    },
  ];
}

const hasTraffic = (plan: Plan, tier: string): boolean =>
  plan.entryPoints.some((entryPoint) => entryPoint.tier === tier);
