import { randomUUID } from 'node:crypto';
import { CatalogueTable } from '../gateways/aws/catalogue-table.ts';
import { identityIn } from '../gateways/aws/identity.ts';
import { Machines } from '../gateways/aws/machines.ts';
import { RunsTable } from '../gateways/aws/runs-table.ts';
import { SignalsTable } from '../gateways/aws/signals-table.ts';
import { liveWires } from '../gateways/live-wires.ts';
import { approveRun } from '../operations/approve-run.ts';
import { readStatus, type Status } from '../operations/read-status.ts';
import { startFailover } from '../operations/start-failover.ts';
import { parsePlan } from '../plan/parse.ts';
import { controlRegion } from '../plan/places.ts';
import { problemLine } from '../plan/problem.ts';
import type { Plan } from '../plan/schema.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { readText } from './read-input.ts';

/** A deployed control plane, as an operator reaches it with their own credentials. */
export type ControlPlane = {
  plan: Plan;
  status(): Promise<Status>;
  failover(reason: string): Promise<{ run: string; execution: string }>;
  approve(run: string | undefined): Promise<{ run: string }>;
};

/** By the names that the plan gives everything; nothing is looked up. What is wrong with the plan is BadInput. */
export function openControlPlane(planFile: string, directory: string): ControlPlane {
  const parsed = parsePlan(readText(planFile, directory, planFile), planFile);
  if ('problems' in parsed) throw new BadInput(...parsed.problems.map(problemLine));
  const { plan } = parsed;
  const region = controlRegion(plan);
  const prefix = `lifeboat-${plan.name}`;
  const runs = new RunsTable(liveWires, region, `${prefix}-runs`);
  const signals = new SignalsTable(liveWires, region, `${prefix}-signals`);
  const catalogue = new CatalogueTable(liveWires, region, `${prefix}-catalogue`);
  const machines = new Machines(liveWires, region);
  const clock = { now: () => new Date(), sleep: () => Promise.reject(new Error('a command does not wait')) };
  return {
    plan,
    status: () => readStatus({ runs, signals, catalogue, clock }, plan),
    async failover(reason) {
      const { arn, account } = await identityIn(liveWires, region);
      const machine = `arn:aws:states:${region}:${account}:stateMachine:${prefix}-failover`;
      return startFailover({ machines, ids: { next: () => randomUUID() } }, machine, arn, reason);
    },
    async approve(run) {
      const { arn } = await identityIn(liveWires, region);
      return approveRun({ runs, machines }, arn, run);
    },
  };
}
