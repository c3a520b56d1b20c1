import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  OBSERVER: z.enum(['control', 'witness']),
  SIGNALS_TABLE: z.string().min(1),
  CONTROL_BUS: z.string().min(1),
});
