import * as z from 'zod';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { TrafficSwitch } from '../../src/gateways/aws/traffic-switch.ts';
import { publishTraffic } from '../../src/operations/publish-traffic.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const trafficSwitch = new TrafficSwitch(wires, plan.sites.standby.region, plan.name);
  return () => publishTraffic({ runs, trafficSwitch, clock }, plan);
});
