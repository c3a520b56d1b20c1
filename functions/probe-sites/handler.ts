import * as z from 'zod';
import { ControlBus } from '../../src/gateways/aws/control-bus.ts';
import { SignalsTable } from '../../src/gateways/aws/signals-table.ts';
import { Web } from '../../src/gateways/web.ts';
import { probeSites } from '../../src/operations/probe-sites.ts';
import { controlRegion } from '../../src/plan/places.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain({ env, input }, ({ wires, clock, plan, env }) => {
  const control = controlRegion(plan);
  const signals = new SignalsTable(wires, control, env.SIGNALS_TABLE);
  const bus = new ControlBus(wires, control, env.CONTROL_BUS);
  const web = new Web(wires);
  return () => probeSites({ signals, bus, web, clock }, plan, env.OBSERVER);
});
