import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { raiseEpoch } from '../../src/operations/raise-epoch.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, clock, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return (event) => raiseEpoch({ runs, clock }, event.run.id);
});
