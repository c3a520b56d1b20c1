import { textLike } from './text-like.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A length of time such as 43s, 15m, 24h or 30d; seconds, once read. */
export const duration = textLike(/^\d{1,7}(s|m|h|d)$/, 'a length of time such as 30s, 15m, 24h or 30d').transform(
  secondsOf,
);

/** Seconds of a text that `duration` accepts. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * SECONDS[text.slice(-1) as keyof typeof SECONDS];
}

/** The shortest way to write a length of time: the largest unit that divides it. */
export function durationText(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((unit) => seconds > 0 && seconds % SECONDS[unit] === 0) ?? 's';
  return `${seconds / SECONDS[unit]}${unit}`;
}
