import * as z from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  CONTROL_BUS: z.string().min(1),
});
