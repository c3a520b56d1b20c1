import * as z from 'zod';
import { failure, tierOutcome } from '../../src/domain/report.ts';
import { RUN_ENDINGS, run } from '../../src/domain/run.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { People } from '../../src/gateways/aws/people.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import { finishRun } from '../../src/operations/finish-run.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  run,
  ending: z.enum(RUN_ENDINGS),
  reason: z.string(),
  failure: failure.nullish(),
  tiers: z.array(tierOutcome).default([]),
});

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const reports = new Bucket(wires, region, env.REPORTS_BUCKET);
  const key = new SigningKey(wires, region, env.REPORT_KEY_ID);
  const people = new People(wires, region, env.TOPIC_ARN);
  return (event) =>
    finishRun({ runs, reports, key, people, clock }, plan.name, { ...event, failure: event.failure ?? undefined });
});
