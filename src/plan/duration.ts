import { z } from 'zod';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A length of time such as 43s, 15m, 24h or 30d; seconds, once read. */
export const duration = z
  .string()
  .regex(/^\d+(s|m|h|d)$/, 'a length of time such as 30s, 15m, 24h or 30d')
  .transform(secondsOf);

/** Seconds of a text that `duration` accepts. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * SECONDS[text.slice(-1) as keyof typeof SECONDS];
}
