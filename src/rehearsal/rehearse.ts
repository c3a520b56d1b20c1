import { type Assembly, readAssembly } from './assembly/assembly.ts';
import { Clients, type ClientTarget } from './clients.ts';
import { watchInvariants } from './invariants/all.ts';
import { Observation } from './observation.ts';
import { act } from './operator.ts';
import { type Platform, platformOf, withManifests } from './platform.ts';
import type { Rehearse, RehearseOptions } from './rehearse-options.ts';
import type { Rehearsal } from './result.ts';
import { type ResolvedFault, resolveFaults } from './scenario-faults.ts';
import { type Setting, setTheScene } from './setting.ts';
import { strike } from './strike.ts';
import { summarize } from './summarize.ts';
import { synthesized } from './synthesized.ts';
import type { Twin } from './twin.ts';

/** Runs one scenario through the deployed artifacts, in the twin. */
export const rehearse: Rehearse = async (options) => {
  const platform = platformOf(options.plan, options.planInput, options.workloads);
  const assembly =
    options.assembly === undefined ? synthesized(platform.plan, platform.input) : readAssembly(options.assembly);
  return rehearseAssembly(platform, assembly, options);
};

/** The same, of an assembly that the caller has: tests change one before it is loaded, and look into the twin after. */
export async function rehearseAssembly(
  platform: Platform,
  assembly: Assembly,
  options: RehearseOptions,
  onEnd?: (twin: Twin) => void,
): Promise<Rehearsal> {
  const wallStart = performance.now();
  const whole = withManifests(platform, options.scenario);
  const setting = await setTheScene(whole, assembly, options.seed, options.scenario.startsAt);
  const rehearsal = await rehearseIn(setting, whole, options, wallStart);
  onEnd?.(setting.twin);
  return rehearsal;
}

/**
 * The scenario itself, in a world that is deployed and settled.
 * @param wallStart when the rehearsal began, in `performance.now()`
 */
export async function rehearseIn(
  setting: Setting,
  platform: Platform,
  options: RehearseOptions,
  wallStart: number,
): Promise<Rehearsal> {
  const { scenario } = options;
  const { faults } = resolveFaults(scenario, platform.plan);
  const { twin, startsAt } = setting;
  const clients = new Clients(twin.world, clientTargets(setting));
  const observation = new Observation(twin, clients, startsAt, options);
  const judge = watchInvariants(observation.watched);
  observation.begin(faults.map((fault) => ({ at: startsAt + fault.at * 1000, text: fault.text })));
  scheduleAll(setting, faults, options, clients);
  await twin.kernel.run(startsAt + scenario.endsAt * 1000, settled(setting, clients, options));
  return summarize({ platform, observation, judge, options, wallMs: performance.now() - wallStart });
}

/** What happens after all has come right is watched this long, in virtual time: a second alarm, traffic that goes back. */
const AFTERMATH_MS = 10 * 60_000;

/**
 * Whether nothing more is to come before `endsAt`: every fault has struck and every action was taken, a failover has
 * ended, all clients are served by the standby, and that for a while.
 */
function settled(
  { twin, startsAt, aftermathMs = AFTERMATH_MS }: Setting,
  clients: Clients,
  { scenario }: RehearseOptions,
): () => boolean {
  const { kernel, plan } = twin;
  const ends = scenario.faults.map((fault) => fault.at + (('for' in fault ? fault.for : 0) ?? 0));
  const lastAt = startsAt + Math.max(0, ...ends, ...scenario.operator.map((action) => action.at)) * 1000;
  let since: number | undefined;
  return () => {
    if (kernel.now < lastAt) return false;
    since ??= isRecovered() ? kernel.now : undefined;
    return since !== undefined && kernel.now - since >= aftermathMs;
  };

  function isRecovered(): boolean {
    const finished = twin.invocations.of('finish-run').some(({ output }) => output?.ending === 'recovered');
    return (
      finished &&
      plan.entryPoints.every(({ name }) => clients.answeredBy(name, plan.sites.standby.region) !== undefined)
    );
  }
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
