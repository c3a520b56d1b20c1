import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  RUNS_TABLE: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
});
