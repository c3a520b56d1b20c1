import { tierNamespaces } from '../plan/places.ts';

import type { KubeObject } from './cluster/host.ts';
import type { Content } from './cluster/volumes.ts';
import type { WatchedCluster } from './parts.ts';
import type { StoreResult, TierResult } from './result.ts';
import type { Twin } from './twin.ts';

type Volume = { namespace: string; claim: string; pv: string };

/** A volume of which nothing came back has lost all of its life; a day of it was there before the scenario. */
const WHOLE_LIFE_SECONDS = 86_400;

/** What each of the primary's volumes held when it was lost. */
export type LastKnown = Map<string, { volume: Volume; content: Content }>;

export function contentsOf(cluster: WatchedCluster): LastKnown {
  const known: LastKnown = new Map();
  for (const volume of volumesOf(cluster)) {
    known.set(`${volume.namespace}/${volume.claim}`, { volume, content: cluster.volumes.snapshot(volume.pv) });
  }
  return known;
}

const volumesOf = (cluster: WatchedCluster): Volume[] =>
  cluster.store
    .list('persistentvolumeclaims')
    .filter((claim: KubeObject) => claim.spec?.volumeName && cluster.volumes.has(claim.spec.volumeName))
    .map((claim: KubeObject) => ({
      namespace: claim.metadata.namespace,
      claim: claim.metadata.name,
      pv: claim.spec.volumeName,
    }));

/**
 * What a namespace really lost, in seconds of writes: of its worst volume, the time between the last write that the
 * primary accepted and the last one that the standby's volume was filled with. Nothing, where it has no volumes.
 */
export function trueLoss(namespace: string, lost: LastKnown, standby: WatchedCluster): number {
  const here = new Map(volumesOf(standby).map((volume) => [`${volume.namespace}/${volume.claim}`, volume.pv]));
  let worst = 0;
  for (const [name, { volume, content }] of lost) {
    if (volume.namespace !== namespace || content.lastWrite === null) continue;
    const pv = here.get(name);
    const came = pv === undefined ? null : standby.volumes.base(pv).lastWrite;
    const loss = came === null ? WHOLE_LIFE_SECONDS : (content.lastWrite - came) / 1000;
    worst = Math.max(worst, loss);
  }
  return Math.round(worst);
}

type Reported = { stores?: { store: string; recoveryPoint: string; lossSeconds: number | null }[] };

/** Each protected namespace: what Lifeboat's report says was lost, beside what was. */
export function storeResults(twin: Twin, lost: LastKnown | undefined, report: Reported | undefined): StoreResult[] {
  const stores = twin.plan.tiers.flatMap((tier) => tierNamespaces(twin.plan, tier.name));
  return stores.map((store) => {
    const said = report?.stores?.find((one) => one.store === store);
    const restored = said !== undefined && said.lossSeconds !== null && lost !== undefined;
    return {
      store,
      recoveryPoint: said?.recoveryPoint ?? null,
      reportedLossSeconds: said?.lossSeconds ?? null,
      trueLossSeconds: restored ? trueLoss(store, lost, twin.clusters.standby) : null,
    };
  });
}

/** Each tier by its clients and by its worst store. @param served when its last entry point was first answered by the standby */
export function tierResults(
  twin: Twin,
  stores: StoreResult[],
  faultAt: number | null,
  served: (tier: string) => number | null,
): TierResult[] {
  return twin.plan.tiers.map((tier) => {
    const namespaces = tierNamespaces(twin.plan, tier.name);
    const losses = stores.filter((store) => namespaces.includes(store.store)).map((store) => store.trueLossSeconds);
    const at = served(tier.name);
    return {
      tier: tier.name,
      rtoSeconds: at === null || faultAt === null ? null : Math.round((at - faultAt) / 1000),
      rtoTargetSeconds: tier.rto,
      rpoSeconds: losses.some((loss) => loss === null) ? null : Math.max(0, ...losses.map((loss) => loss ?? 0)),
      rpoTargetSeconds: tier.rpo,
    };
  });
}
