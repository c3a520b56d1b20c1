import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';

/** Tried together. https://github.com/velero-io/velero-plugin-for-aws#compatibility */
export const VELERO_VERSION = 'v1.18.3';
const PLUGIN_VERSION = 'v1.14.3';

export type VeleroImages = { velero: string; plugin: string };

/** What to know of where they come from. */
export const imageFindings = (plan: Plan): string[] =>
  plan.stores.images.velero === undefined
    ? ['Velero is pulled from Docker Hub: a failover needs it, and its limits on pulls (stores.images.velero)']
    : [];

/**
 * The images that a site's Velero, its jobs and its placeholders run, and with them every restored pod that waits for
 * its volumes. From the site's own registry where the plan has copies there: Docker Hub is no part of a failover then.
 */
export function veleroImages(plan: Plan, site: SiteName, account: string): VeleroImages {
  const { velero: prefix } = plan.stores.images;
  const from =
    prefix === undefined ? 'velero/' : `${account}.dkr.ecr.${plan.sites[site].region}.amazonaws.com/${prefix}`;
  return { velero: `${from}velero:${VELERO_VERSION}`, plugin: `${from}velero-plugin-for-aws:${PLUGIN_VERSION}` };
}
