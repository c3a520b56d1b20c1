import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { LoadBalancers } from '../../src/gateways/aws/load-balancers.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { bindEntryPoints } from '../../src/operations/bind-entry-points.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run, point: chosenPoint });

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const loadBalancers = new LoadBalancers(wires, plan.sites.standby.region);
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return (event) => bindEntryPoints({ clusters, loadBalancers, runs, clock }, plan, event.run.id, event.point.tier);
});
