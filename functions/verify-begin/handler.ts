import * as z from 'zod';
import { verifyBegin } from '../../src/operations/verify-begin.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.unknown();

export const create = chain(
  { env, input },
  ({ plan }) =>
    () =>
      verifyBegin(plan),
);
