import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { releaseCapacity, reserveCapacity } from '../../src/operations/reserve-capacity.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const since = z.number().transform((milliseconds) => new Date(milliseconds));
const input = z.union([z.object({ run, release: z.literal(true) }), z.object({ run, since })]);

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return async (event) =>
    'release' in event
      ? releaseCapacity({ clusters }, plan)
      : reserveCapacity({ clusters, captured, runs, clock, account: env.ACCOUNT }, plan, event.run.id, event.since);
});
