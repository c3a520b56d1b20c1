import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  REPLICA_BUCKET: z.string().min(1),
  CONTROL_BUCKET: z.string().min(1),
  CATALOGUE_TABLE: z.string().min(1),
});
