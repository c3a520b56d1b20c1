import * as z from 'zod';
import { proof } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { hideStrays } from '../../src/operations/hide-strays.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run, restsOn: z.array(proof) });

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const replica = new RecoveryBucket(new Bucket(wires, plan.sites.standby.region, env.REPLICA_BUCKET));
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return ({ run: { id }, restsOn }) => hideStrays({ replica, runs, clock }, id, restsOn);
});
