import type { HistoryEvent } from '../asl/environment.ts';
import type { Execution } from './sfn-execution.ts';

const PAGE = 100;

const first = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
const asText = (value: unknown): unknown =>
  typeof value === 'string' || value === undefined ? value : JSON.stringify(value);

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
function eventOf({ id, previousId, at, type, state, detail = {} }: HistoryEvent): unknown {
  const event = { id, previousEventId: previousId, timestamp: new Date(at), type };
  const texts = Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [key, key === 'input' || key === 'output' ? asText(value) : value]),
  );
  const kind = /State(Entered|Exited)$/.exec(type)?.[1];
  if (kind !== undefined) return { ...event, [`state${kind}EventDetails`]: { name: state, ...texts } };
  return { ...event, [`${first(type)}EventDetails`]: texts };
}

/** One page of an execution's events. */
export function historyPage(
  execution: Execution,
  input: { maxResults?: number; nextToken?: string; reverseOrder?: boolean },
): unknown {
  const start = Number(input.nextToken ?? 0);
  const end = start + (input.maxResults || PAGE);
  const { history } = execution;
  const events = (input.reverseOrder ? history.toReversed() : history).slice(start, end).map(eventOf);
  return end < history.length ? { events, nextToken: String(end) } : { events };
}
