import { monthlyCost } from '../../infra/cost.ts';
import { HOURS_A_MONTH, PRICES, type Price } from '../../infra/prices.ts';
import type { Template } from '../../infra/template.ts';
import type { Posture } from '../plan/feasibility-rto.ts';
import { type Sizes, totalOf } from '../plan/feasibility-sizes.ts';
import { protectedNamespaces } from '../plan/places.ts';
import type { Plan, PlanInput } from '../plan/schema.ts';
import { synthesized } from '../rehearsal/synthesized.ts';

/** What running workloads need and the templates do not have: list prices in us-east-1, as in infra/prices.ts. */
const NODE: Price = {
  usd: 0.1075,
  per: "hour, a node of 2 CPU and 8 GiB with Auto Mode's fee",
  grade: 'U',
  source: 'https://aws.amazon.com/eks/pricing/',
  read: 'not read',
};
const VOLUME_GIGABYTE: Price = {
  usd: 0.08,
  per: 'GB and month of gp3',
  grade: 'U',
  source: 'https://aws.amazon.com/ebs/pricing/',
  read: 'not read',
};

/** What a volume is made with, mostly empty, and how much fits on a node: as in the example. */
const GIGABYTES_A_VOLUME = 10;
const NAMESPACES_A_NODE = 2;
/** One in each zone. */
const NODES_LEAST = 3;
/** Volumes are filled through the agent on a node. */
const NODES_HYDRATING = 1;

export type PostureCost = { controlPlaneUsd: number; monthlyUsd: Record<Posture, number> };

/**
 * What each posture costs in a month in which nothing happens, entry points included, Lifeboat itself apart. `pilot` is
 * counted in the templates; the others are that, with less or with more.
 */
export function postureCost(plan: Plan, input: PlanInput, sizes: Sizes): PostureCost {
  const templates = synthesized(plan, input).stacks.map(({ template }) => template as Template);
  const { totals } = monthlyCost(templates, plan);
  const pilot = totals.entryPoints + totals.standby;
  const namespaces = protectedNamespaces(plan);
  const node = NODE.usd * HOURS_A_MONTH;
  const volumes = totalOf(sizes, namespaces).volumes * GIGABYTES_A_VOLUME * VOLUME_GIGABYTE.usd;
  const nodes = Math.max(NODES_LEAST, Math.ceil(namespaces.length / NAMESPACES_A_NODE));
  return {
    controlPlaneUsd: Math.round(totals.controlPlane),
    monthlyUsd: {
      cold: Math.round(pilot - PRICES.cluster.usd * HOURS_A_MONTH),
      pilot: Math.round(pilot),
      warm: Math.round(pilot + NODES_HYDRATING * node + volumes),
      hot: Math.round(pilot + nodes * node + volumes),
    },
  };
}
