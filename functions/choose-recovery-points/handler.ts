import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { chooseRecoveryPoints } from '../../src/operations/choose-recovery-points.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const replica = new RecoveryBucket(new Bucket(wires, plan.sites.standby.region, env.REPLICA_BUCKET));
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return (event) => chooseRecoveryPoints({ replica, captured, runs, clock }, plan, event.run.id);
});
