import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { proveTier } from '../../src/operations/prove-tier.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  run,
  point: chosenPoint,
  since: z.number().transform((milliseconds) => new Date(milliseconds)),
});

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const replica = new RecoveryBucket(new Bucket(wires, plan.sites.standby.region, env.REPLICA_BUCKET));
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return ({ run: { id }, point: { tier, backup, namespaces }, since }) =>
    proveTier({ clusters, replica, runs, clock }, plan, { run: id, tier, part: 'tier', backup, namespaces }, since);
});
