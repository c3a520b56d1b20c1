import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  /** Whose registry the standby has a copy of. */
  ACCOUNT: z.string().min(1),
  CONTROL_BUCKET: z.string().min(1),
  RUNS_TABLE: z.string().min(1),
});
