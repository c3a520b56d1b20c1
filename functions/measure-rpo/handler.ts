import * as z from 'zod';
import { Metrics } from '../../src/gateways/aws/metrics.ts';
import { ReplicationMetrics } from '../../src/gateways/aws/replication-metrics.ts';
import { measureRpo } from '../../src/operations/measure-rpo.ts';
import { catalogueGateways } from '../catalogue.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const metrics = new Metrics(wires, region, plan.name);
  const gateways = catalogueGateways(wires, region, plan, env);
  const replication = new ReplicationMetrics(wires, plan.sites.standby.region);
  return () => measureRpo({ ...gateways, metrics, replication, clock }, plan);
});
