import * as z from 'zod';
import { notDone } from '../../src/domain/verification-report.ts';
import { CatalogueTable } from '../../src/gateways/aws/catalogue-table.ts';
import { Metrics } from '../../src/gateways/aws/metrics.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { People } from '../../src/gateways/aws/people.ts';
import { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import { verifyFinish } from '../../src/operations/verify-finish.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  run: z.object({ id: z.string().min(1), startedAt: z.iso.datetime() }),
  parts: z.array(z.union([notDone, z.object({ schedule: z.string() })])),
});

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const given = {
    catalogue: new CatalogueTable(wires, region, env.CATALOGUE_TABLE),
    reports: new Bucket(wires, region, env.REPORTS_BUCKET),
    key: new SigningKey(wires, region, env.REPORT_KEY_ID),
    metrics: new Metrics(wires, region, plan.name),
    people: new People(wires, region, env.TOPIC_ARN),
    clock,
  };
  return (ended) => verifyFinish(given, plan, ended);
});
