import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { People } from '../../src/gateways/aws/people.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { raiseEpoch } from '../../src/operations/raise-epoch.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run, reason: z.string() });

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const people = new People(wires, region, env.TOPIC_ARN);
  return (event) => raiseEpoch({ runs, people, clock }, plan.name, event.run.id, event.reason);
});
