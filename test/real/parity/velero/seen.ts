import type { Held } from './place.ts';

/** What is seen of a case, in words and numbers. */
export type Seen = Record<string, string | number | boolean>;

/** Velero's own, and what kopia has not finished. */
const NOT_DATA = /^\.velero\/|\.kopia-entry$/;

/** A volume now, and as it was then. What came back of a file may be its beginning. */
export function compared(now: Held, then: Held): 'equal' | 'partial' | 'empty' | 'changed' {
  const files = Object.entries(now).filter(([name]) => !NOT_DATA.test(name));
  if (files.length === 0) return 'empty';
  if (!files.every(([name, bytes]) => then[name]?.startsWith(bytes))) return 'changed';
  const whole = files.length === Object.keys(then).length && files.every(([name, bytes]) => then[name] === bytes);
  return whole ? 'equal' : 'partial';
}

/** How much of a volume came before kopia gave up on the rest is a matter of moments. */
export const incompletely = (seen: Seen): Seen => ({
  ...seen,
  volumes: String(seen.volumes).replace(/partial|empty/, 'incomplete'),
});

/** `8 Running, 1 Pending`, the most first; `none` of nothing. */
export function tally(words: string[]): string {
  const counted = [...Map.groupBy(words, (word) => word)].map(([word, all]) => [all.length, word] as const);
  counted.sort(([many, word], [fewer, other]) => fewer - many || (word < other ? -1 : 1));
  return counted.map(([many, word]) => `${many} ${word}`).join(', ') || 'none';
}
