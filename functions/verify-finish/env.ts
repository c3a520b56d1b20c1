import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  CATALOGUE_TABLE: z.string().min(1),
  REPORTS_BUCKET: z.string().min(1),
  REPORT_KEY_ID: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
});
