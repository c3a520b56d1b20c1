import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  SIGNALS_TABLE: z.string().min(1),
});
