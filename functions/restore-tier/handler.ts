import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { RESTORE_PARTS } from '../../src/domain/restore.ts';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { restoreTier } from '../../src/operations/restore-tier.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  run,
  point: chosenPoint,
  part: z.enum(RESTORE_PARTS),
  since: z.number().transform((milliseconds) => new Date(milliseconds)),
});

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return ({ run: { id }, point: { tier, backup, namespaces }, part, since }) =>
    restoreTier(
      { clusters, captured, runs, clock, account: env.ACCOUNT },
      plan,
      { run: id, tier, part, backup, namespaces },
      since,
    );
});
