import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  /** Whose registry holds the placeholders' image, where the plan has it there. */
  ACCOUNT: z.string().min(1),
  CONTROL_BUCKET: z.string().min(1),
  RUNS_TABLE: z.string().min(1),
});
