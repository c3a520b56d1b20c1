import * as z from 'zod';
import { verifyPoint } from '../../src/operations/verify-point.ts';
import { catalogueGateways } from '../catalogue.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run: z.string().min(1), schedule: z.string().min(1) });

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env }) => {
  const given = { ...catalogueGateways(wires, region, plan, env), clock, random };
  return ({ run, schedule }) => verifyPoint(given, plan, run, schedule);
});
