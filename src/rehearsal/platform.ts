import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { adaptPlan } from '../plan/adapt.ts';
import { withAssumedClasses } from '../plan/assumed-classes.ts';
import type { ManifestObject } from '../plan/manifest-object.ts';
import { readManifests } from '../plan/manifests.ts';
import { ownAccount } from '../plan/own-account.ts';
import { parsePlanInput } from '../plan/parse.ts';
import { problemLine } from '../plan/problem.ts';
import { remarksOn } from '../plan/remarks.ts';
import type { Plan, PlanInput } from '../plan/schema.ts';
import { BadInput } from './bad-input.ts';
import type { Scenario } from './scenario-schema.ts';

/** What runs in the primary, and the plan that protects it. */
export type Platform = { plan: Plan; input: PlanInput; objects: ManifestObject[]; said: string[] };

/** The simulated world's own. */
const TWIN_ACCOUNT = '111122223333';
const EXAMPLES = join(import.meta.dirname, '../../examples');
const platforms = new WeakMap<PlanInput, Map<string, Platform>>();

/** The plan's own platform, or, where a directory of manifests is given, that one with the plan adapted to it. */
export function platformOf(plan: Plan, input: PlanInput, workloads: string | undefined): Platform {
  const known = platforms.get(input) ?? new Map<string, Platform>();
  platforms.set(input, known);
  const key = workloads ?? '';
  const platform = known.get(key) ?? (workloads === undefined ? ownPlatform(plan, input) : adapted(input, workloads));
  known.set(key, platform);
  return platform;
}

/** The platform with what a scenario has beside it. */
export function withManifests(platform: Platform, { name, manifests }: Scenario): Platform {
  if (manifests.length === 0) return platform;
  const objects = [...platform.objects, ...(manifests as ManifestObject[])];
  const namespaces = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const homeless = manifests.flatMap(({ kind, metadata }, index) =>
    metadata.namespace === undefined || namespaces.has(metadata.namespace)
      ? []
      : [
          `scenario ${name}: manifests.${index}: ${kind} ${metadata.name}: the platform has no namespace ${metadata.namespace}`,
        ],
  );
  if (homeless.length > 0) throw new BadInput(...homeless);
  return { ...platform, objects };
}

function ownPlatform(plan: Plan, input: PlanInput): Platform {
  const directory = join(EXAMPLES, plan.name);
  if (!existsSync(directory)) {
    throw new BadInput(
      `plan ${plan.name}: there are no manifests of it here; export yours with kubectl and give --workloads DIR`,
    );
  }
  const { objects, said } = manifestsIn(directory);
  return {
    plan,
    input,
    objects: objects.map((object) => inRegistryOf(plan, object)),
    said: [...remarksOn(plan), ...said],
  };
}

/** The example's images lie in the registry of whichever region its plan calls the primary. */
function inRegistryOf(plan: Plan, object: ManifestObject): ManifestObject {
  const text = JSON.stringify(object);
  const moved = text.replace(/\.dkr\.ecr\.[a-z0-9-]+\.amazonaws/g, `.dkr.ecr.${plan.sites.primary.region}.amazonaws`);
  return moved === text ? object : JSON.parse(moved);
}

function adapted(written: PlanInput, directory: string): Platform {
  const { objects: exported, said: read } = manifestsIn(directory);
  const here = inTwinsAccount(written.sites.primary.region, exported);
  const assumed = withAssumedClasses(here.objects);
  const objects = assumed.objects;
  const said = [...read, ...here.said, ...assumed.said];
  const { input, said: adaptations } = adaptPlan(written, objects);
  const parsed = parsePlanInput(input, `the plan adapted to ${directory}`);
  if ('problems' in parsed) throw new BadInput(...parsed.problems.map(problemLine));
  return {
    plan: parsed.plan,
    input: parsed.input,
    objects,
    said: [...remarksOn(parsed.plan), ...said, ...adaptations],
  };
}

/**
 * The account that most of the primary's own images lie in is the one that the plan is deployed in: here, the twin's.
 * Images of other accounts stay theirs.
 */
function inTwinsAccount(region: string, objects: ManifestObject[]): { objects: ManifestObject[]; said: string[] } {
  const own = ownAccount(objects, region);
  if (own === undefined || own === TWIN_ACCOUNT) return { objects, said: [] };
  const text = JSON.stringify(objects);
  return {
    objects: JSON.parse(text.replaceAll(`"${own}.dkr.ecr.`, `"${TWIN_ACCOUNT}.dkr.ecr.`)),
    said: [`Account ${own} is taken to be the plan's own, and is ${TWIN_ACCOUNT} here.`],
  };
}

/** All manifests in a directory and those below it. */
export function manifestsIn(directory: string): { objects: ManifestObject[]; said: string[] } {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names
    .filter((name) => /\.(ya?ml|json)$/i.test(name) && statSync(join(directory, name)).isFile())
    .map((name) => ({ file: join(directory, name), text: readFileSync(join(directory, name), 'utf8') }));
  const read = readManifests(files, directory);
  if ('problems' in read) throw new BadInput(...read.problems.map(problemLine));
  return read;
}
