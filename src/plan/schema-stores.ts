import * as z from 'zod';
import { duration } from './duration.ts';
import { bucket, cron, name, namespace } from './schema-scalars.ts';
import { textLike } from './text-like.ts';

const schedule = z
  .strictObject({
    name,
    every: duration
      .optional()
      .describe('How often; whole minutes that divide an hour, or whole hours that divide a day.'),
    cron: cron.optional().describe('When, in UTC, as five cron fields.'),
    namespaces: z
      .union([z.literal('all'), z.array(namespace).min(1)])
      .default('all')
      .describe('A list, or all that workloads and platform components have.'),
    contents: z
      .enum(['everything', 'configuration'])
      .default('everything')
      .describe(
        'configuration: config maps, secrets and services, no volumes; no workload can be brought back from it alone.',
      ),
    keep: duration.describe('How long each backup is kept.'),
  })
  .refine((value) => (value.every === undefined) !== (value.cron === undefined), {
    message: 'either every or cron, and one of them',
  });

const git = z
  .strictObject({
    kind: z
      .enum(['GitRepository', 'Kustomization', 'Application'])
      .describe("Flux's source, what Flux has applied, or what Argo CD has synchronised."),
    namespace,
    name: z.string().min(1),
    rpo: duration
      .prefault('4h')
      .describe(
        'For how long the standby may lack a revision that the primary has; two hours at least: both are looked at each hour.',
      ),
  })
  .describe('The object in the cluster that tells the Git revision it is at: backups carry it as a label.');

const endpoint = z
  .strictObject({
    url: textLike(/^https:\/\/[^\s/]+\/?$/, 'the https URL of an S3-compatible store, without a path'),
    region: z.string().min(1).optional().describe("What the store calls its region; default: the primary site's."),
    pathStyle: z.boolean().default(true).describe('Whether the bucket stands in the path rather than in the host.'),
    secret: z
      .strictObject({ name: z.string().min(1), key: z.string().min(1).default('cloud') })
      .describe("The Secret in the primary's namespace velero that holds the keys, as an AWS credentials file."),
  })
  .describe(
    'An S3-compatible store that `bucket` is in, instead of S3. To copy it below velero/ of the replica is yours then, and nothing in it is sealed: recovery points with volumes stay unproven, and no failover is based on them by itself.',
  );

const applicationBucket = z.strictObject({
  name: bucket.describe('The bucket in the primary region that the application writes to.'),
  replica: bucket.describe('Its copy in the standby region.'),
  tier: name.describe('The tier whose RPO it is held to.'),
  rule: z
    .string()
    .min(1)
    .max(255)
    .describe('The id of the replication rule that copies all of it. S3 tells of it where its metrics are enabled.'),
});

export const stores = z.strictObject({
  backups: z.strictObject({
    bucket: bucket.describe("Velero's bucket in the primary region."),
    endpoint: endpoint.optional(),
    replica: bucket.describe('Its copy in the standby region.'),
    encryption: z
      .enum(['kms', 's3'])
      .default('kms')
      .describe('What encrypts both buckets: a KMS key of yours in the region of each, or the keys that S3 manages.'),
    volumes: z
      .enum(['files', 'snapshots'])
      .default('files')
      .describe(
        "How the bytes of volumes are taken. files: file by file out of running pods, whatever the storage. snapshots: from a CSI snapshot of each volume, all of one moment, which Velero then moves to the bucket; both clusters need the snapshot controller (the standby's is made).",
      ),
    storageLimitGb: z
      .int()
      .min(1)
      .default(100)
      .describe('People are told when the replica holds more than this, in gigabytes, old versions included.'),
    schedules: z
      .array(schedule)
      .min(1)
      .describe('A tier is brought back from one backup: one schedule must cover all of it.'),
  }),
  images: z
    .strictObject({
      repositories: z
        .array(z.string().min(1))
        .default([])
        .describe("Prefixes of the repositories copied to the standby's registry."),
      velero: textLike(/^([a-z0-9]+([._-][a-z0-9]+)*\/)+$/, 'a prefix of repositories, such as velero/')
        .optional()
        .describe(
          "Where copies of Velero's two images lie in the account's own registries: velero/ for velero/velero and velero/velero-plugin-for-aws. Left out, they are pulled from Docker Hub, which a failover then needs.",
        ),
    })
    .default({ repositories: [] }),
  buckets: z
    .array(applicationBucket)
    .default([])
    .describe(
      'Buckets of applications. They and their replication are yours; how far each copy is behind is measured every minute.',
    ),
  git: git.optional(),
});
