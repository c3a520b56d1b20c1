import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  /** Whose registry holds Velero's images, where the plan has them there. */
  ACCOUNT: z.string().min(1),
  RUNS_TABLE: z.string().min(1),
});
