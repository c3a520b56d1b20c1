import { ShiftRefused } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { TrafficSwitch } from '../gateways/aws/traffic-switch.ts';
import type { Plan } from '../plan/schema.ts';
import { healthyFact } from './check-tier.ts';
import { recordStep } from './record-step.ts';

export type ShiftTier = { runs: RunsTable; trafficSwitch: TrafficSwitch; clock: Clock };

/**
 * Sends a tier's traffic to the standby: the position is written down first, then published, and from then on every
 * minute by its own function. Refused unless the tier's checks have passed in this very epoch.
 */
export async function shiftTier(
  given: ShiftTier,
  plan: Plan,
  runId: string,
  tier: string,
  epoch: number,
): Promise<{ shifted: string[] }> {
  const { runs, trafficSwitch, clock } = given;
  const [owner, history] = await Promise.all([runs.ownership(), runs.history(runId)]);
  const passed = history?.facts[healthyFact(tier)] as { epoch: number } | undefined;
  if (owner.epoch !== epoch) throw new ShiftRefused(`epoch ${epoch} is over; ${owner.owner} owns epoch ${owner.epoch}`);
  if (passed?.epoch !== epoch) throw new ShiftRefused(`the checks of tier ${tier} have not passed in epoch ${epoch}`);
  const entryPoints = plan.entryPoints.filter((entry) => entry.tier === tier).map((entry) => entry.name);
  return recordStep(given, runId, `shift ${tier}`, async () => {
    for (const entryPoint of entryPoints) await runs.moveTraffic({ entryPoint, owner: 'standby', epoch });
    await trafficSwitch.publish(
      entryPoints.map((entryPoint) => ({ entryPoint, onStandby: true })),
      clock.now(),
    );
    return { shifted: entryPoints };
  });
}
