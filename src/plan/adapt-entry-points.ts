import { type Adapted, FOUND_TIER } from './adapted.ts';
import { backendsOf, healthOf, loadBalancerOf } from './found-entry-points.ts';
import { freshName } from './fresh-name.ts';
import { groupOf, inside, listOf, type ManifestObject, nameOf, textOf } from './manifest-object.ts';
import type { PlanInput } from './schema.ts';

type EntryPoint = NonNullable<PlanInput['entryPoints']>[number];
type Taken = { names: Set<string>; hosts: Set<string> };

const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** Entry points whose Service or Ingress is there, and one for each that the plan does not name. */
export function adaptEntryPoints(input: PlanInput, objects: readonly ManifestObject[]): Adapted {
  const said: string[] = [];
  const before = input.entryPoints ?? [];
  const kept = keptEntryPoints(input, objects, said);
  const taken = {
    names: new Set(before.map(({ name }) => name)),
    hosts: new Set(kept.map(({ host }) => host.toLowerCase())),
  };
  const made = objects
    .filter(takesTraffic)
    .filter((object) => !before.some(({ target }) => isTarget(object, target)))
    .flatMap((object) => madeFor(object, input, objects, taken, said));
  const workloads = input.workloads.map((workload) => withChecks(workload, input, kept, made, said));
  const entryPoints = [...kept, ...made.map(({ entryPoint }) => entryPoint)];
  if (entryPoints.length === 0)
    said.push('There is no entry point: the manifests have no Ingress and no Service of type LoadBalancer.');
  return { input: { ...input, workloads, ...(before.length + made.length > 0 ? { entryPoints } : {}) }, said };
}

/** Those that are left; one whose tier is gone goes with the tier of what it leads to. */
function keptEntryPoints(input: PlanInput, objects: readonly ManifestObject[], said: string[]): EntryPoint[] {
  const used = new Set(input.workloads.map((workload) => workload.tier));
  return (input.entryPoints ?? []).flatMap((entryPoint) => {
    const { name, target, tier } = entryPoint;
    if (!objects.some((object) => isTarget(object, target))) {
      const what = `${target.kind} ${target.namespace}/${target.name}`;
      said.push(`Entry point ${name} is left out: the manifests have no ${what}.`);
      return [];
    }
    return [used.has(tier) ? entryPoint : { ...entryPoint, tier: tierOf(target.namespace, input) ?? tier }];
  });
}

type Made = { entryPoint: EntryPoint; checked: boolean };

function madeFor(
  object: ManifestObject,
  input: PlanInput,
  objects: readonly ManifestObject[],
  taken: Taken,
  said: string[],
): Made[] {
  const namespace = object.metadata.namespace ?? '';
  const tier = tierOf(namespace, input);
  const backends = backendsOf(object, objects);
  if (tier === undefined || backends.length === 0) {
    const why =
      tier === undefined ? 'its namespace is not protected' : 'it leads to no port of a Service that is known';
    said.push(`${nameOf(object)} gets no entry point: ${why}.`);
    return [];
  }
  const name = freshName(object.metadata.name, taken.names);
  const host = hostOf(object, name, input.traffic.zone.name.toLowerCase(), taken.hosts);
  const health = healthOf(object, backends, objects);
  said.push(`Entry point ${name} is added for ${nameOf(object)}: ${host}, of tier ${tier}.`);
  const rules = listOf(inside(object, 'spec', 'rules')).length;
  if (rules > 1) said.push(`${nameOf(object)} has ${rules} hosts: its entry point is for one, with the paths of all.`);
  const entryPoint = {
    name,
    tier,
    host,
    primary: loadBalancerOf(object) ?? `${name}.elb.${input.sites.primary.region}.amazonaws.com`,
    target: { kind: object.kind as EntryPoint['target']['kind'], namespace, name: object.metadata.name },
    backends,
    health: health ?? '/',
  };
  return [{ entryPoint, checked: health !== undefined }];
}

/** With the checks that can still be made, and one for each new entry point that says where its health is asked for. */
function withChecks<T extends PlanInput['workloads'][number]>(
  workload: T,
  input: PlanInput,
  kept: readonly EntryPoint[],
  made: readonly Made[],
  said: string[],
): T {
  const order = [...input.tiers.map(({ name }) => name), FOUND_TIER.name];
  const inTime = kept.filter(({ tier }) => order.indexOf(tier) <= order.indexOf(workload.tier)).map(({ name }) => name);
  const before = workload.checks ?? [];
  const checks = before.filter((check) => inTime.includes(check.entryPoint));
  if (checks.length < before.length) {
    said.push(`Workload ${workload.name} loses its checks of entry points that are not there.`);
  }
  for (const { entryPoint, checked } of made) {
    if (!checked || !workload.namespaces.includes(entryPoint.target.namespace)) continue;
    checks.push({ kind: 'http', entryPoint: entryPoint.name, path: entryPoint.health ?? '/' });
  }
  return checks.length + before.length === 0 ? workload : { ...workload, checks };
}

/** A host of the Ingress' own inside the zone, else one made of the entry point's name. */
function hostOf(object: ManifestObject, name: string, zone: string, taken: Set<string>): string {
  const own = listOf(inside(object, 'spec', 'rules'))
    .map((rule) => textOf(inside(rule, 'host'))?.toLowerCase() ?? '')
    .find((host) => HOST.test(host) && host.endsWith(`.${zone}`) && !taken.has(host));
  let host = own ?? `${name}.${zone}`;
  for (let number = 2; taken.has(host); number++) host = `${name}-${number}.${zone}`;
  taken.add(host);
  return host;
}

/** The tier that a namespace is restored with: the platform's with the first. */
function tierOf(namespace: string, input: PlanInput): string | undefined {
  const tier = input.workloads.find((workload) => workload.namespaces.includes(namespace))?.tier;
  if (tier !== undefined) return tier;
  const ofPlatform = input.platform?.some((component) => component.namespaces.includes(namespace));
  const used = new Set(input.workloads.map((workload) => workload.tier));
  return ofPlatform ? (input.tiers.find(({ name }) => used.has(name))?.name ?? input.workloads[0]?.tier) : undefined;
}

const takesTraffic = (object: ManifestObject): boolean =>
  isIngress(object) ||
  (object.kind === 'Service' && groupOf(object) === '' && inside(object, 'spec', 'type') === 'LoadBalancer');

const isIngress = (object: ManifestObject): boolean =>
  object.kind === 'Ingress' && ['networking.k8s.io', 'extensions'].includes(groupOf(object));

const isTarget = (object: ManifestObject, target: EntryPoint['target']): boolean =>
  (target.kind === 'Ingress' ? isIngress(object) : object.kind === 'Service' && groupOf(object) === '') &&
  object.metadata.namespace === target.namespace &&
  object.metadata.name === target.name;
