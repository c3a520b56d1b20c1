import { baseEnv } from '../base-env.ts';

export const env = baseEnv;
