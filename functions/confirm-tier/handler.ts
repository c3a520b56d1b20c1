import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { Web } from '../../src/gateways/web.ts';
import { confirmTier } from '../../src/operations/confirm-tier.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ point: chosenPoint, since: z.number().transform((milliseconds) => new Date(milliseconds)) });

export const create = chain({ env, input }, ({ wires, clock, plan }) => {
  const web = new Web(wires);
  return ({ point, since }) => confirmTier({ web, clock }, plan, point.tier, since);
});
