import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { People } from '../../src/gateways/aws/people.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { askApproval } from '../../src/operations/ask-approval.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run, taskToken: z.string().min(1), points: z.array(chosenPoint), reason: z.string() });

export const create = chain({ env, input }, ({ wires, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const people = new People(wires, region, env.TOPIC_ARN);
  return (event) => askApproval({ runs, people }, plan.name, { ...event, runId: event.run.id });
});
