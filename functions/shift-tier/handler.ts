import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { run } from '../../src/domain/run.ts';
import { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { TrafficSwitch } from '../../src/gateways/aws/traffic-switch.ts';
import { shiftTier } from '../../src/operations/shift-tier.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run, point: chosenPoint, epoch: z.int() });

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const runs = new RunsTable(wires, region, env.RUNS_TABLE);
  const trafficSwitch = new TrafficSwitch(wires, plan.sites.standby.region, plan.name);
  return (event) => shiftTier({ runs, trafficSwitch, clock }, plan, event.run.id, event.point.tier, event.epoch);
});
