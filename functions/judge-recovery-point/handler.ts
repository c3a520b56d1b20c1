import * as z from 'zod';
import { judgeRecoveryPoint } from '../../src/operations/judge-recovery-point.ts';
import { catalogueGateways } from '../catalogue.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

/** An object that was created in the replica, or one that S3 could not copy there. */
const input = z.union([
  z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) }),
  z.object({ detail: z.object({ key: z.string(), event: z.string() }) }),
]);

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const given = { ...catalogueGateways(wires, region, plan, env), clock };
  return ({ detail }) => {
    if ('object' in detail) return judgeRecoveryPoint(given, { kind: 'arrived', key: detail.object.key });
    return judgeRecoveryPoint(given, { kind: 'trouble', key: detail.key, event: detail.event });
  };
});
