import { z } from 'zod';
import { baseEnv } from '../base-env.ts';

export const env = baseEnv.extend({
  BACKUP_BUCKET: z.string().min(1),
  REPLICA_BUCKET: z.string().min(1),
  CONTROL_BUCKET: z.string().min(1),
});
