import type { Clock } from '../domain/given.ts';
import type { Run } from '../domain/run.ts';
import { decideLoss, type LossDecision, type StandbyFacts } from '../domain/signals.ts';
import type { LoadBalancers } from '../gateways/aws/load-balancers.ts';
import type { SignalsTable } from '../gateways/aws/signals-table.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Plan } from '../plan/schema.ts';
import { loadBalancerName } from './entry-point-names.ts';

export type ConfirmLoss = { signals: SignalsTable; clusters: Clusters; loadBalancers: LoadBalancers; clock: Clock };

/** Reads everybody's word, looks at the standby itself, and decides whether the primary is lost. Changes nothing. */
export async function confirmLoss(given: ConfirmLoss, plan: Plan, run: Run): Promise<LossDecision> {
  const [signals, standby] = await Promise.all([given.signals.ofSite('primary'), lookAtStandby(given, plan)]);
  const startedAt = new Date(run.startedAt);
  return decideLoss({ trigger: run.trigger, startedAt, signals, standby, now: given.clock.now() }, plan.detection);
}

/** A standby can take over when its cluster's API answers and every entry point stands. */
async function lookAtStandby({ clusters, loadBalancers }: ConfirmLoss, plan: Plan): Promise<StandbyFacts> {
  const { cluster, region } = plan.sites.standby;
  try {
    const api = await clusters.open({ name: cluster, region });
    if (api === undefined) return { usable: false, problem: `cluster ${cluster} is not active` };
    if (!(await api.ready())) return { usable: false, problem: `the API of cluster ${cluster} does not answer` };
    const names = plan.entryPoints.map(loadBalancerName);
    const standing = await loadBalancers.hostNames(names);
    const absent = names.filter((name) => !standing.has(name));
    if (absent.length > 0) return { usable: false, problem: `entry points missing: ${absent.join(', ')}` };
    return { usable: true, problem: '' };
  } catch (error) {
    return { usable: false, problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
