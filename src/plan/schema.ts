import * as z from 'zod';
import { duration } from './duration.ts';
import { cidr, clusterName, cron, hostName, name, namespace, path, port, region } from './schema-scalars.ts';
import { stores } from './schema-stores.ts';
import { textLike } from './text-like.ts';

/**
 * `lifeboat.yaml`: what is promised. Every field that can have a sound default has one; `describe` texts go
 * into `lifeboat.schema.json`, which editors show. Defaults of lengths of time are given as they are written
 * (`prefault`), so that the schema shows them that way too.
 */

const site = z.strictObject({
  kind: z.literal('eks').default('eks').describe('What the site is; EKS in one region.'),
  region: region.describe('The AWS region of the site.'),
  cluster: clusterName.describe('The name of its EKS cluster.'),
});

const standby = site.extend({
  network: cidr.default('10.80.0.0/16').describe('Address range of the network that is made ahead in the standby.'),
  publicAccess: z
    .array(cidr)
    .default(['0.0.0.0/0'])
    .describe("Who may reach the standby's API endpoint; IAM and access entries guard it in any case."),
});

const tier = z.strictObject({
  name,
  rto: duration.describe('How fast it must be back.'),
  rpo: duration.describe('How much may be lost.'),
});

const check = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    entryPoint: name,
    path: path.describe('What is asked for.'),
    status: z.int().min(100).max(599).default(200).describe('What must be answered.'),
  }),
  z.strictObject({
    kind: z.literal('metric'),
    entryPoint: name,
    path: path.default('/metrics'),
    metric: z.string().min(1).describe('A metric name that must be served there.'),
  }),
]);

const hook = z.strictObject({
  selector: z.record(z.string(), z.string()).describe('Labels of the pods it runs in.'),
  container: z.string().min(1),
  command: z.array(z.string()).min(1).describe('Words, not a line: there is no shell.'),
  timeout: duration.prefault('30s'),
  onError: z.enum(['Continue', 'Fail']).default('Fail').describe('Fail: its pod is left out of the backup.'),
});

const workload = z.strictObject({
  name,
  tier: name.describe('The tier it belongs to.'),
  namespaces: z.array(namespace).min(1).describe('All that is in them is backed up and brought back.'),
  replicas: z
    .record(textLike(/^(Deployment|StatefulSet)\/[a-z0-9.-]+$/, 'Deployment/name or StatefulSet/name'), z.int().min(0))
    .default({})
    .describe('Expected ready replicas, where they differ from what the object itself asks for.'),
  checks: z
    .array(check)
    .default([])
    .describe('What must answer before its traffic moves, besides pods, nodes and volumes.'),
  hooks: z.array(hook).default([]).describe('Commands run inside its pods before each backup.'),
});

const platformComponent = z.strictObject({
  name,
  namespaces: z.array(namespace).min(1).describe('Restored with the first tier, before the workloads that need it.'),
});

const velero = z
  .strictObject({
    upgrade: z
      .boolean()
      .default(false)
      .describe(
        "Whether a Velero that is there already and too old is replaced by Lifeboat's own. Its backups and schedules stay; what its server was started with does not.",
      ),
  })
  .prefault({});

const backend = z.strictObject({ path: path.default('/'), service: z.string().min(1), port });

const entryPoint = z.strictObject({
  name,
  tier: name.describe('Its traffic moves when this tier is healthy.'),
  host: hostName.describe('The name that clients use.'),
  primary: hostName.describe("The host name of the primary's load balancer."),
  target: z
    .strictObject({ kind: z.enum(['Service', 'Ingress']), namespace, name: z.string().min(1) })
    .describe('The Service or Ingress that the load balancer serves.'),
  backends: z.array(backend).min(1).describe('The services behind it.'),
  health: path.default('/').describe('The path that answers 200 when it is well.'),
});

const detection = z
  .strictObject({
    interval: duration.prefault('60s').describe('How often the probers look.'),
    failures: z.int().min(1).max(10).default(3).describe('Failures in a row that make one observer say down.'),
    tightInterval: duration.prefault('10s').describe('How often they look while something seems wrong.'),
    downVotes: z.int().min(1).max(3).default(2).describe('Observers that must say down, while none says up.'),
    holdDown: duration.prefault('60s').describe('How long it must stay down before a failover starts.'),
    giveUp: duration.prefault('15m').describe('How long a run waits for the quorum before it is dismissed.'),
  })
  .prefault({});

const decision = z
  .strictObject({
    approval: z
      .enum(['automatic', 'required'])
      .default('required')
      .describe('Whether a person must say yes before a confirmed loss is acted on.'),
    timeout: duration.prefault('30m').describe('How long approval is waited for.'),
    onTimeout: z.enum(['proceed', 'hold']).default('hold').describe('What happens when nobody answers.'),
    maxLoss: duration.optional().describe('A larger expected loss is never taken without a word from a person.'),
  })
  .prefault({});

const traffic = z.strictObject({
  zone: z.strictObject({
    id: textLike(/^Z[A-Z0-9]{5,31}$/, 'a hosted zone id such as Z0123456789ABC'),
    name: hostName,
  }),
  ttl: duration.prefault('60s').describe('How long resolvers may keep an answer: it adds to every recovery.'),
});

const drill = z.strictObject({
  name,
  kind: z.enum(['verification', 'restore', 'failover']),
  cron,
  window: duration.describe('It must be over by then.'),
  participants: z.array(z.string().min(1)).default([]),
});

const people = z
  .strictObject({
    operators: z.array(z.string().min(1)).default([]).describe('Who may approve and start runs; names for the report.'),
    email: z.array(z.email()).default([]).describe('Told of every run.'),
  })
  .prefault({});

/** The plan's shape alone; what cannot be right although its shape is, `parse.ts` refuses. */
export const planSchema = z.strictObject({
  name: name.describe("The platform's name; every AWS resource of ours carries it."),
  sites: z.strictObject({ primary: site, standby }),
  control: z.strictObject({ region }).optional().describe("Where Lifeboat itself runs; default: the standby's region."),
  witness: z.strictObject({ region }).optional().describe('A third region with a second prober.'),
  posture: z
    .literal('pilot')
    .default('pilot')
    .describe('How ready the standby is: its control plane runs, no workloads do.'),
  tiers: z.array(tier).min(1).describe('Classes of workloads, the first to come back first.'),
  workloads: z.array(workload).min(1),
  platform: z
    .array(platformComponent)
    .default([])
    .describe('What the workloads run on: operators, ingress, monitoring.'),
  stores,
  velero,
  entryPoints: z.array(entryPoint).default([]),
  detection,
  decision,
  traffic,
  drills: z.array(drill).default([]),
  people,
});

/** A plan as written, before defaults. */
export type PlanInput = z.input<typeof planSchema>;
/** A plan with every default filled in; lengths of time in seconds. */
export type Plan = z.output<typeof planSchema>;
export type Workload = Plan['workloads'][number];
export type EntryPoint = Plan['entryPoints'][number];
export type BackupSchedule = Plan['stores']['backups']['schedules'][number];
export type Check = Workload['checks'][number];
