import { type Assembly, readAssembly } from './assembly/assembly.ts';
import { Clients, type ClientTarget } from './clients.ts';
import { watchInvariants } from './invariants/all.ts';
import { Observation } from './observation.ts';
import { act } from './operator.ts';
import { type Platform, platformOf } from './platform.ts';
import type { Rehearse, RehearseOptions } from './rehearse-options.ts';
import type { Rehearsal } from './result.ts';
import { type ResolvedFault, resolveFaults } from './scenario-faults.ts';
import { type Setting, setTheScene } from './setting.ts';
import { strike } from './strike.ts';
import { summarize } from './summarize.ts';
import { synthesized } from './synthesized.ts';

/** Runs one scenario through the deployed artifacts, in the twin. */
export const rehearse: Rehearse = async (options) => {
  const platform = platformOf(options.plan, options.planInput, options.workloads);
  const assembly =
    options.assembly === undefined ? synthesized(platform.plan, platform.input) : readAssembly(options.assembly);
  return rehearseAssembly(platform, assembly, options);
};

/** The same, of an assembly that the caller has: tests change one before it is loaded. */
export async function rehearseAssembly(
  platform: Platform,
  assembly: Assembly,
  options: RehearseOptions,
): Promise<Rehearsal> {
  const wallStart = performance.now();
  const { scenario, seed } = options;
  const { faults } = resolveFaults(scenario, platform.plan);
  const setting = await setTheScene(platform, assembly, seed, scenario.startsAt);
  const { twin, startsAt } = setting;
  const clients = new Clients(twin.world, clientTargets(setting));
  const observation = new Observation(twin, clients, startsAt, options);
  const judge = watchInvariants(observation.watched);
  observation.begin(faults.map((fault) => ({ at: startsAt + fault.at * 1000, text: fault.text })));
  scheduleAll(setting, faults, options, clients);
  await twin.kernel.run(startsAt + scenario.endsAt * 1000);
  return summarize({ platform, observation, judge, options, wallMs: performance.now() - wallStart });
}

function scheduleAll(
  { twin, startsAt }: Setting,
  faults: ResolvedFault[],
  { scenario }: RehearseOptions,
  clients: Clients,
): void {
  const { kernel } = twin;
  const standby = twin.plan.sites.standby.region;
  for (const fault of faults) {
    kernel.schedule(startsAt + fault.at * 1000 - kernel.now, () => {
      strike(twin, fault);
      clients.start((entryPoint) => clients.answeredBy(entryPoint, standby) !== undefined);
    });
  }
  for (const action of scenario.operator)
    kernel.schedule(startsAt + action.at * 1000 - kernel.now, () => act(twin, action));
}

function clientTargets({ twin }: Setting): ClientTarget[] {
  const { entryPoints, traffic } = twin.plan;
  return entryPoints.map(({ name, tier, host, target, backends, health }) => {
    const port = target.kind === 'Service' ? `:${backends[0]?.port}` : '';
    return { entryPoint: name, tier, url: new URL(`http://${host}${port}${health}`), ttlSeconds: traffic.ttl };
  });
}
