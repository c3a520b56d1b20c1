import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { LoadBalancers } from '../../src/gateways/aws/load-balancers.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { Web } from '../../src/gateways/web.ts';
import { checkTier } from '../../src/operations/check-tier.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  run,
  point: chosenPoint,
  epoch: z.int(),
  since: z.number().transform((milliseconds) => new Date(milliseconds)),
});

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const loadBalancers = new LoadBalancers(wires, plan.sites.standby.region);
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const given = { clusters, loadBalancers, web: new Web(wires), runs, clock };
  return (event) => checkTier(given, plan, event.run.id, event.point.tier, event.epoch, event.since);
});
