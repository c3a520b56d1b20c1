import * as z from 'zod';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { fenceSite } from '../../src/operations/fence-site.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain({ env, input }, ({ wires, clock, plan, region, env, credentials }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const clusters = new Clusters(wires, clock, credentials);
  return () => fenceSite({ runs, captured, clusters, clock }, plan);
});
