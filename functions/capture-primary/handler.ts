import * as z from 'zod';
import { DnsRecords } from '../../src/gateways/aws/dns-records.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { People } from '../../src/gateways/aws/people.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { capturePrimary } from '../../src/operations/capture-primary.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const captured = new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET));
  const sealKey = new SigningKey(wires, plan.sites.primary.region, env.SEAL_KEY_ID);
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const dns = new DnsRecords(wires);
  const people = new People(wires, region, env.TOPIC_ARN);
  return () => capturePrimary({ clusters, captured, sealKey, dns, people, runs, clock }, plan);
});
