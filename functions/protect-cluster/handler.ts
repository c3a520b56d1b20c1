import * as z from 'zod';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { protectCluster } from '../../src/operations/protect-cluster.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  site: z.enum(['primary', 'standby']),
  since: z.number().transform((milliseconds) => new Date(milliseconds)),
});

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return ({ site, since }) => protectCluster({ clusters, runs, clock, account: env.ACCOUNT }, plan, site, since);
});
