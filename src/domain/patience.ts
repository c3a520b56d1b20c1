/** What an API server answered to the try numbered `tries` (from 1), begun `sinceMs` after the first. */
export type Refusal = {
  status: number;
  retryAfter: string | undefined;
  tries: number;
  sinceMs: number;
};

/** client-go's own, used only when the server says how long. https://github.com/kubernetes/client-go/blob/master/rest/request.go */
const RETRIES_AS_TOLD = 10;
const RETRIES_UNTOLD = 5;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** A function has 55 s for all of its requests; a server disturbed for longer is the state machine's to wait for. */
const PATIENCE_MS = 15_000;
/**
 * How long to wait before the same request is sent again; undefined when the answer stands. As client-go does, a 429 or
 * a server's error is obeyed when it carries Retry-After
 * (https://github.com/kubernetes/client-go/blob/master/rest/with_retry.go). client-go leaves one without it to its
 * callers; ours may all be sent again: applies and merge patches set fields to what is given, a second delete finds
 * nothing, and a second creation finds the name taken. Pauses then grow, with full jitter, `chance` in [0, 1)
 * (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export function pauseBeforeRetry(refusal: Refusal, chance: number): number | undefined {
  const { status, tries, sinceMs } = refusal;
  if (status !== 429 && status < 500) return undefined;
  const told = secondsOf(refusal.retryAfter);
  if (tries > (told === undefined ? RETRIES_UNTOLD : RETRIES_AS_TOLD)) return undefined;
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  const pause = told === undefined ? Math.ceil(chance * ceiling) : told * 1000;
  return sinceMs + pause <= PATIENCE_MS ? pause : undefined;
}

/** API servers send whole seconds, never a date; client-go reads nothing else. */
const secondsOf = (retryAfter: string | undefined): number | undefined =>
  retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
