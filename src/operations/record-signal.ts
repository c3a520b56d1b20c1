import type { Clock } from '../domain/given.ts';
import type { Verdict } from '../domain/signals.ts';
import type { SignalsTable } from '../gateways/aws/signals-table.ts';

export type AlarmChange = { alarmName: string; state: string; changedAt: string };

const VERDICTS: Record<string, Verdict> = { ALARM: 'down', OK: 'up' };

/**
 * Writes an alarm's change down as Route 53's word on that entry point. An event that is older than what is known
 * changes nothing, so late and doubled events are harmless.
 */
export async function recordSignal(
  { signals, clock }: { signals: SignalsTable; clock: Clock },
  planName: string,
  change: AlarmChange,
) {
  const entryPoint = change.alarmName.slice(`lifeboat-${planName}-`.length).replace(/-down$/, '');
  const observer = `route53/${entryPoint}`;
  const known = await signals.get('primary', observer);
  const since = new Date(change.changedAt).toISOString();
  if (known !== undefined && known.since >= since) return { recorded: false, observer };
  const verdict = VERDICTS[change.state] ?? 'unknown';
  await signals.put({
    site: 'primary',
    observer,
    verdict,
    failures: verdict === 'down' ? 1 : 0,
    since,
    at: clock.now().toISOString(),
  });
  return { recorded: true, observer, verdict };
}
