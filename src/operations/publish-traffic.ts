import type { Clock } from '../domain/given.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { TrafficSwitch } from '../gateways/aws/traffic-switch.ts';
import type { Plan } from '../plan/schema.ts';

export type PublishTraffic = { runs: RunsTable; trafficSwitch: TrafficSwitch; clock: Clock };

/** Says again, every minute, where each entry point's traffic belongs; an entry point nobody moved is the primary's. */
export async function publishTraffic(
  { runs, trafficSwitch, clock }: PublishTraffic,
  plan: Plan,
): Promise<{ published: number }> {
  const moved = new Map((await runs.traffic()).map((record) => [record.entryPoint, record.owner]));
  const positions = plan.entryPoints.map(({ name }) => ({
    entryPoint: name,
    onStandby: moved.get(name) === 'standby',
  }));
  await trafficSwitch.publish(positions, clock.now());
  return { published: positions.length };
}
