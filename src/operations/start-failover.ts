import type { Ids } from '../domain/given.ts';
import type { Machines } from '../gateways/aws/machines.ts';

/** Starts a failover by an operator's word: the same machine, and the same path, as an alarm takes. */
export async function startFailover(
  { machines, ids }: { machines: Machines; ids: Ids },
  machineArn: string,
  by: string,
  reason: string,
) {
  const run = `operator-${ids.next()}`;
  return { run, execution: await machines.start(machineArn, run, { by, reason }) };
}
