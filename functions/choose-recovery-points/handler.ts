import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { chooseRecoveryPoints } from '../../src/operations/choose-recovery-points.ts';
import { catalogueGateways } from '../catalogue.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const gateways = catalogueGateways(wires, region, plan, env);
  return (event) => chooseRecoveryPoints({ ...gateways, runs, clock }, plan, event.run.id);
});
