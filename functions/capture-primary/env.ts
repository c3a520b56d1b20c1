import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  CONTROL_BUCKET: z.string().min(1),
  RUNS_TABLE: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  SEAL_KEY_ID: z.string().min(1),
});
