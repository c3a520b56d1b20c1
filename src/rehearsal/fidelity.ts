import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Plan } from '../plan/schema.ts';
import { FUNCTION_NAMES } from './asl/jsonata/functions.ts';
import { STATE_TYPES } from './asl/state-types.ts';
import { IGNORED_TYPES } from './assembly/ignored-types.ts';
import { MANAGED_POLICIES } from './cloud/iam-managed.ts';
import { AUTO_MODE_DEFINITIONS } from './cluster/auto-mode-definitions.ts';
import { BUILT_IN_RESOURCES } from './cluster/built-in-resources.ts';
import { CONTROLLERS } from './cluster/controllers.ts';
import { KINDS } from './cluster/velero/kinds.ts';
import { DIFFERENCES, REAL_KUBERNETES } from './fidelity-differences.ts';
import { secondOpinions } from './fidelity-second-opinions.ts';
import { namesIn, refusals } from './fidelity-sources.ts';
import { table } from './fidelity-table.ts';
import { realVelero } from './fidelity-velero.ts';
import type { Latency } from './kernel/latencies.ts';
import { scenarioJsonSchema } from './scenario.ts';
import { Twin } from './twin.ts';

/** `docs/fidelity.md`: what the twin simulates and how faithfully, from its code. @param plan any: a twin stands on one */
export function fidelityPage(plan: Plan): string {
  const chapters = [
    opening(),
    cloud(plan),
    cluster(),
    velero(),
    asl(),
    faults(),
    latencies(),
    secondOpinions(),
    notSimulated(),
  ];
  return `${chapters.join('\n\n')}\n`;
}

const opening = (): string => `# Fidelity

What the twin simulates, and how faithfully. This page is generated from the code: \`npm run fidelity\`.

A rehearsal runs what is deployed: the templates, the machines' text, the functions, the SDK's clients. Simulated is
what answers them. Whatever is not on this page ends a rehearsal with \`NotSimulated\` and exit status 1, by name,
whatever catches it: the twin rather knows nothing than something wrong.`;

const differences = (chapter: keyof typeof DIFFERENCES): string =>
  `Known to differ:\n\n${DIFFERENCES[chapter].map((text) => `- ${text}`).join('\n')}`;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function cloud(plan: Plan): string {
  const twin = new Twin(plan, { stacks: [], layers: {} }, new Map(), 'fidelity', 0);
  const services = [...twin.world.services.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = services.map(({ id, operations, resources }) => [
    id,
    code(Object.keys(operations).sort()) || 'none',
    code(Object.keys(resources).sort()) || 'none',
  ]);
  const functions = namesIn('assembly/intrinsics.ts', /'(Fn::\w+)'/g);
  return `## AWS

Every call goes through one door: reachability, latency, faults, IAM by the role that the template gives, the SDK's
retries. Each service follows AWS's documents, with a link at each rule in \`src/rehearsal/cloud/\`.

${table(['Service', 'Operations', 'Resources of templates'], rows)}

CloudFormation: ${code(['Ref', ...functions])}.

Left out, as they change nothing in a rehearsal: ${Object.entries(IGNORED_TYPES)
    .map(([type, why]) => `\`${type}\` (${why})`)
    .join(', ')}.

AWS managed policies: ${code(Object.keys(MANAGED_POLICIES))}.

${differences('cloud')}`;
}

function cluster(): string {
  const lines = BUILT_IN_RESOURCES.trim().split('\n');
  const byVersion = Map.groupBy(lines, (line) => line.split(' ')[0] ?? '');
  const own = [...byVersion].map(([version, of]) => [version, code(of.map((line) => line.split(' ')[2] ?? ''))]);
  const definitions = AUTO_MODE_DEFINITIONS.map(({ spec }) => `${spec.names.kind}.${spec.group}`);
  return `## Kubernetes

An API server with discovery, validation, defaults, patches, server-side apply, field managers, owner references and
authorization; what custom resource definitions define is served. A scheduler with preemption, nodes made on demand as
Auto Mode does, a kubelet for each node with images, probes and volumes.

${table(['API', 'Kinds'], own)}

With EKS Auto Mode: ${code(definitions)}.

Controllers: ${CONTROLLERS.map(({ name }) => words(name)).join(', ')}.

${differences('cluster')}

What a real etcd, API server and controller manager of 1.35.4 answer is asked case by case, and the twin the same
(\`npm run test:real\`): writes and patches, what may not change and what is not valid, selectors and pages, deletion,
access, definitions, controllers. All is the same but for this, each of which the suite looks at too:

${table(['Asked', 'Twin', 'Real', 'Source'], realKubernetes())}`;
}

const realKubernetes = (): string[][] =>
  Object.values(REAL_KUBERNETES).map(({ asked, twin, real, source }) => [asked, twin, real, `[document](${source})`]);

/** `controlCronJobs` controls cron jobs. */
const words = (name: string): string =>
  name
    .replace(/^control(?=[A-Z])/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();

function velero(): string {
  const commands = namesIn('cluster/velero/cli/commands.ts', /^ {2}(?:'([a-z -]+)'|([a-z]+)): \{ flags:/gm);
  return `## Velero

The server and its node agents run as pods and act by their own requests, with their own service account: schedules,
backups with their hooks, backup sync, expiry, deletion, restores with their modifiers, volumes by kopia.

Kinds: ${code(KINDS.map(({ kind, version }) => `${kind}.${version}`))}.

Commands of its CLI, in Jobs: ${code(commands)}.

${differences('velero')}

What a real Velero 1.18.3 does, with its node agents, its plugin for S3 and kopia, is asked case by case: a platform of
nine pods and four volumes is backed up twice in one real cluster, its bucket copied object by object, and restored in
another, by Lifeboat's own job, location and schedule (\`npm run test:real\`). The twin is asked the same. What the real
one answered is kept in \`src/rehearsal/real-velero.yaml\`, so that \`npm test\` holds the twin to it wherever Node is.

${realVelero()}`;
}

function asl(): string {
  const integrations = namesIn('cloud/sfn-integrations.ts', /^ {2}'([a-z]+:[A-Za-z]+)': \{/gm);
  return `## Step Functions

States: ${code(Object.keys(STATE_TYPES))}, in JSONata, with \`Assign\`, \`Output\`, \`Retry\`, \`Catch\`, time-outs, heartbeats and
\`.waitForTaskToken\`. Integrations: ${code(integrations)}, and \`aws-sdk:\` for every operation above.

Functions of JSONata and of Step Functions: ${code([...FUNCTION_NAMES].sort())}.

${differences('asl')}`;
}

type KindSchema = { properties: { kind: { const: string; description: string } } };

function faults(): string {
  const simulated = new Set(namesIn('strike.ts', /^ {4}case '([a-z-]+)':/gm));
  const kinds = scenarioJsonSchema().properties?.faults?.items?.oneOf as unknown as KindSchema[];
  const rows = kinds.map(({ properties: { kind } }) => [
    `\`${kind.const}\``,
    kind.description,
    simulated.has(kind.const) ? 'yes' : 'not yet: ends the rehearsal',
  ]);
  return `## Faults\n\n${table(['Kind', 'What happens', 'Simulated'], rows)}`;
}

function latencies(): string {
  const known: Record<string, Latency> = parse(readFileSync(new URL('./latencies.yaml', import.meta.url), 'utf8'));
  const rows = Object.entries(known).map(([name, latency]) => [
    `\`${name}\``,
    ...spread(latency),
    latency.grade,
    latency.source,
  ]);
  return `## Time

In seconds. Grades: A primary text or raw data, B secondary source, C derived from A and B, U unverified or assumed.
With a median and a 90th percentile it is lognormal, capped at four times the 90th where no longest is given.

${table(['What', 'p50', 'p90', 'Longest', 'Grade', 'Source'], rows)}

${differences('time')}`;
}

function spread(latency: Latency): [p50: string, p90: string, longest: string] {
  if ('fixed' in latency) return [`${latency.fixed}`, `${latency.fixed}`, `${latency.fixed}`];
  if ('uniform' in latency) {
    const [low, high] = latency.uniform;
    const at = (share: number): string => `${Number((low + share * (high - low)).toFixed(3))}`;
    return [at(0.5), at(0.9), at(1)];
  }
  const { p50, p90, max } = latency;
  return [`${p50}`, `${p90}`, `${max ?? 4 * p90}`];
}

function notSimulated(): string {
  const known = new Map(refusals().map(({ file, what }) => [`${file} ${what}`, { file, what }]));
  const rows = [...known.values()].map(({ file, what }) => [what, `\`src/rehearsal/${file}\``]);
  return `## What ends a rehearsal

Each of these is said as “… is not simulated”. ‹Names› are filled in when it happens.

${table(['What', 'Where'], rows)}`;
}
