import * as z from 'zod';

/** What every function's environment holds. Parsed once, when the function starts; a missing variable stops it there. */
export const baseEnv = z.object({
  /** The plan as written, in the layer that every function shares: an environment holds no more than 4 KB. */
  PLAN_FILE: z.string().startsWith('/'),
});

/** What Lambda itself adds. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const lambdaEnv = z.object({
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_SESSION_TOKEN: z.string().min(1).optional(),
});
