import * as z from 'zod';
import { triggerOf } from '../../src/domain/run.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { beginRun } from '../../src/operations/begin-run.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ runId: z.string().min(1), startedAt: z.iso.datetime(), input: z.unknown() });

export const create = chain({ env, input }, ({ wires, clock, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  return ({ runId, startedAt, input: started }) =>
    beginRun({ runs, clock }, { id: runId, startedAt, trigger: triggerOf(started) });
});
