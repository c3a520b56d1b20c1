import { TrafficNotShifted } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { Web } from '../gateways/web.ts';
import type { Plan } from '../plan/schema.ts';
import { listenerPort } from './probe-sites.ts';

const TIMEOUT_MS = 5_000;
/** Health checks need a minute or two to flip, and resolvers keep an answer for its time to live. */
const LIMIT_SECONDS = 15 * 60;

export type ConfirmTier = { web: Web; clock: Clock };
export type ConfirmResult = { kind: 'serving' } | { kind: 'wait'; waitingFor: string };

/** Asks as a client does, by name: whether the name leads away from the old site, and whether somebody answers well. */
export async function confirmTier(
  { web, clock }: ConfirmTier,
  plan: Plan,
  tier: string,
  since: Date,
): Promise<ConfirmResult> {
  const waiting: string[] = [];
  for (const entry of plan.entryPoints.filter((one) => one.tier === tier)) {
    const [addresses, old] = await Promise.all([web.addresses(entry.host), web.addresses(entry.primary)]);
    const stillOld =
      addresses.length === 0 || addresses.some((address) => address === entry.primary || old.includes(address));
    if (stillOld) waiting.push(`${entry.host} still leads to the old site`);
    else if (
      (await web.get(`http://${entry.host}:${listenerPort(entry)}${entry.health}`, TIMEOUT_MS))?.status !== 200
    ) {
      waiting.push(`${entry.host} does not answer well`);
    }
  }
  if (waiting.length === 0) return { kind: 'serving' };
  const waited = (clock.now().getTime() - since.getTime()) / 1000;
  if (waited > LIMIT_SECONDS) throw new TrafficNotShifted(`tier ${tier}: ${waiting.join('; ')}`);
  return { kind: 'wait', waitingFor: waiting.join('; ') };
}
