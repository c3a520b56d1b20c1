import { Machines } from '../gateways/aws/machines.ts';
import { RunsTable } from '../gateways/aws/runs-table.ts';
import { approveRun } from '../operations/approve-run.ts';
import { startFailover } from '../operations/start-failover.ts';
import { controlRegion } from '../plan/places.ts';
import { uuidFrom } from './cloud/physical-name.ts';
import { OPERATOR } from './deployment.ts';
import type { OperatorAction } from './scenario-schema.ts';
import type { Twin } from './twin.ts';
import { twinWires } from './wires.ts';

/** An action that cannot be done yet is tried again this often: nobody approves what has not been asked. */
const TRY_AGAIN_MS = 5_000;

/** A person at a terminal: does what the commands do, with an operator's credentials, from outside AWS. */
export function act(twin: Twin, { action }: OperatorAction): void {
  const { kernel, world } = twin;
  kernel.spawn(async () => {
    for (;;) {
      try {
        await once(twin, action);
        world.record('operator', { action });
        return;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'InvalidInput') throw error;
        await kernel.sleep(TRY_AGAIN_MS);
      }
    }
  });
}

async function once(twin: Twin, action: OperatorAction['action']): Promise<void> {
  const { world, plan, kernel } = twin;
  const wires = twinWires(world, { caller: OPERATOR, from: 'internet', during: (work) => work() });
  const region = controlRegion(plan);
  const machines = new Machines(wires, region);
  if (action === 'approve') {
    await approveRun({ runs: new RunsTable(wires, region, `lifeboat-${plan.name}-runs`), machines }, OPERATOR.arn);
    return;
  }
  const random = kernel.random.fork('operator');
  const machine = `arn:aws:states:${region}:${world.account}:stateMachine:lifeboat-${plan.name}-failover`;
  await startFailover(
    { machines, ids: { next: () => uuidFrom(random.hex(32)) } },
    machine,
    OPERATOR.arn,
    'a scenario says so',
  );
}
