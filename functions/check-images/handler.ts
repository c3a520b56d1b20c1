import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { Registry } from '../../src/gateways/aws/registry.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { checkImages } from '../../src/operations/check-images.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, plan, region, env }) => {
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const registry = new Registry(wires, plan.sites.standby.region);
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return (event) => checkImages({ captured, registry, runs, account: env.ACCOUNT }, plan, event.run.id);
});
