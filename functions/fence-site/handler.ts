import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { fenceSite } from '../../src/operations/fence-site.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const clusters = new Clusters(wires, clock, random, credentials);
  return (event) => fenceSite({ runs, captured, clusters, clock }, plan, event.run.id);
});
