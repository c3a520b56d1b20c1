import * as z from 'zod';
import { duration } from '../plan/duration.ts';
import { textLike } from '../plan/text-like.ts';

/**
 * `scenarios/*.yaml`: a disaster as data. Unknown fields are refused; each kind of fault has the fields it
 * needs and no others. `describe` texts go into `scenario.schema.json`, which editors show.
 */

export const ROLES = ['primary', 'standby', 'control', 'witness'] as const;
export type Role = (typeof ROLES)[number];

/** AWS's own names, as in the actions of IAM policies. */
const SERVICES = [
  'cloudwatch',
  'dynamodb',
  'ec2',
  'ecr',
  'eks',
  'elasticloadbalancing',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  'route53',
  's3',
  'scheduler',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
] as const;
export type ServiceName = (typeof SERVICES)[number];

const ACTIONS = ['failover', 'approve', 'hold', 'resume', 'skip', 'abort', 'failback', 'drill', 'restore'] as const;
/** What an operator can do with the product as it is. */
export const AVAILABLE_ACTIONS: readonly string[] = ['approve', 'failover'];

const OUTCOMES = ['recovered', 'held', 'aborted', 'failed', 'none'] as const;

const place = textLike(
  /^(primary|standby|control|witness|[a-z]{2}(-[a-z]+)+-\d)$/,
  'a role (primary, standby, control, witness) or an AWS region such as us-west-2',
).describe('A role of the plan (primary, standby, control, witness) or an AWS region.');
const end = textLike(
  /^(primary|standby|control|witness|internet|[a-z]{2}(-[a-z]+)+-\d)$/,
  'a role (primary, standby, control, witness), an AWS region, or internet',
).describe('A role, an AWS region, or internet: people and health checkers outside AWS.');

const at = duration.describe('When it strikes, after the start of the scenario.');
const lasting = duration.optional().describe('How long it lasts; without it, to the end.');
const service = z.enum(SERVICES).describe("The AWS service, by its name in IAM's actions.");
const operations = z
  .array(textLike(/^[A-Z][A-Za-z0-9]+$/, 'an operation of the API such as DescribeCluster'))
  .min(1)
  .optional()
  .describe('Only these operations; without it, all.');
const ends = z
  .array(end)
  .length(2)
  .meta({ patternErrorMessage: 'two ends: [a, b]' })
  .transform(([a = '', b = '']): [string, string] => [a, b]);
const chance = (describe: string) =>
  z.number().min(0).max(1).meta({ patternErrorMessage: 'a number from 0 to 1' }).default(1).describe(describe);
const eachCall = chance('How likely each call is struck, 0 to 1.');
const by = (describe: string) => duration.describe(describe);
const keys = z
  .string()
  .min(1)
  .optional()
  .describe("Only objects whose key is like this; * stands for any text, slashes too: '*-podvolumebackups.json.gz'.");

const fault = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, about: string, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind).describe(about), at, ...shape });

const faults = z.discriminatedUnion('kind', [
  fault('region-loss', 'Nothing in the region runs or answers.', { region: place, for: lasting }),
  fault('zone-loss', 'One zone of the region is lost with its nodes, which others replace; the seed says which zone.', {
    region: place,
    for: duration.optional().describe('How long no instance is to be had there; without it, to the end.'),
  }),
  fault('partition', 'Two ends cannot reach each other.', { between: ends, for: lasting }),
  fault('service-error', 'Calls of a service fail with an internal error.', {
    service,
    region: place.optional(),
    operations,
    probability: eachCall,
    for: lasting,
  }),
  fault('throttle', 'Calls of a service are throttled.', {
    service,
    region: place.optional(),
    operations,
    probability: eachCall,
    for: lasting,
  }),
  fault('latency', 'Calls take longer.', {
    service: service.optional(),
    region: place.optional(),
    operations,
    probability: eachCall,
    by: by('How much longer each call takes.'),
    for: lasting,
  }),
  fault('capacity', 'No instances are to be had (InsufficientInstanceCapacity).', { region: place, for: lasting }),
  fault('missing-metrics', 'CloudWatch gets no data: missing, not bad.', { region: place.optional(), for: lasting }),
  fault('late-events', 'Events are delivered late.', {
    region: place.optional().describe('Of the rules of this region: a role or an AWS region; without it, of all.'),
    probability: chance('How likely each delivery is late, 0 to 1.'),
    by: by('How late an event may be; the seed draws the rest.'),
    for: lasting,
  }),
  fault('duplicate-events', 'Events are delivered more than once.', {
    region: place.optional().describe('By the rules of this region: a role or an AWS region; without it, by all.'),
    probability: chance('How likely each is delivered again, 0 to 1.'),
    for: lasting,
  }),
  fault('replication-stall', 'Nothing arrives at the replica. What was held back arrives afterwards, in any order.', {
    for: lasting,
  }),
  fault('partial-replication', 'Some objects do not arrive at the replica until it is over, and then in any order.', {
    probability: chance('How likely each object does not arrive, 0 to 1.'),
    keys,
    for: lasting,
  }),
  fault('backup-corruption', 'Somebody who may write to the bucket overwrites objects of backups with garbage.', {
    region: place
      .optional()
      .describe(
        "Whose bucket: the primary's (default) or the standby's; from each the damage is replicated to the other.",
      ),
    probability: chance('How likely each object that is there is damaged, 0 to 1.'),
    keys: keys.describe(
      "Only objects whose key is like this; * stands for any text, slashes too. Default: 'velero/*', all of Velero's.",
    ),
  }),
  fault(
    'backup-silent-failure',
    'Backups say Completed, and no bytes of volumes are in them: skipped, or empty; the seed says which.',
    { for: lasting },
  ),
  fault('node-loss', "One of the cluster's nodes is lost and replaced by another; the seed says which.", {
    region: place,
  }),
  fault('pod-crash', 'Pods crash as they start, and again whenever they are started again.', {
    region: place,
    probability: chance('How likely each pod that starts is one that crashes, 0 to 1.'),
    for: lasting,
  }),
  fault('data-corruption', 'What the application wrote is damaged, and goes on into backups.', { region: place }),
  fault('function-crash', 'A caller dies after the effect of its call, before the answer.', {
    service: service.optional(),
    region: place.optional(),
    operations,
    probability: eachCall,
    for: lasting,
  }),
  fault('clock-skew', "The clocks that functions in the region read are ahead; AWS's own are right.", {
    region: place,
    by: by('How far they are ahead.'),
    for: lasting,
  }),
  fault('primary-returns', 'A lost primary comes back as it was.', {}),
]);

const operatorAction = z.strictObject({
  at: duration.describe('When, after the start; or as soon after as it can be done.'),
  action: z.enum(ACTIONS).describe('What the operator does.'),
});

const expectation = z
  .strictObject({
    outcome: z.enum(OUTCOMES).optional().describe('How it must end.'),
    rtoWithin: duration.optional().describe("Bounds rtoSeconds: every tier's traffic is back."),
    rpoWithin: duration.optional().describe('Bounds the true loss of the first tier.'),
  })
  .prefault({})
  .describe("What must come of it, beside every invariant and every tier's own targets.");

const manifest = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1).optional() }),
});

export const scenarioSchema = z.strictObject({
  name: textLike(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens'),
  source: z.string().min(1).optional().describe('What happened, where and when, that this is taken from.'),
  plan: z.string().min(1).optional().describe("A plan of its own, in place of the command's."),
  startsAt: z.iso
    .datetime()
    .meta({ patternErrorMessage: 'a moment in UTC such as 2026-03-01T04:30:00Z' })
    .default('2026-03-01T04:30:00Z')
    .transform((text) => Date.parse(text))
    .describe('Virtual time, in UTC.'),
  set: z
    .record(textLike(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/, 'a field of the plan such as decision.approval'), z.unknown())
    .default({})
    .describe("Overrides of the plan's fields, by path: decision.approval, tiers.0.rto."),
  manifests: z
    .array(manifest.meta({ patternErrorMessage: 'a Kubernetes object: a map with apiVersion, kind and metadata' }))
    .default([])
    .describe('Kubernetes objects that are in the primary beside its platform, from long before the start.'),
  faults: z
    .array(faults.meta({ patternErrorMessage: 'a fault: a map with at, kind and what the kind needs' }))
    .default([])
    .describe('What fails, and when.'),
  operator: z.array(operatorAction).default([]).describe('What people do meanwhile.'),
  endsAt: duration.prefault('3h').describe('When the scenario ends, after its start.'),
  expect: expectation,
});

/** A scenario with every default filled in: lengths of time in seconds, `startsAt` in milliseconds since 1970. */
export type Scenario = z.output<typeof scenarioSchema>;
export type Fault = Scenario['faults'][number];
export type FaultKind = Fault['kind'];
export type OperatorAction = Scenario['operator'][number];
export type Expectation = Scenario['expect'];

/** Every kind of fault, by name. */
export const FAULT_KINDS: readonly FaultKind[] = faults.options.map((option) => option.shape.kind.value);
