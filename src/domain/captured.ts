import * as z from 'zod';

/** What a failover will need to know of the primary, captured every hour while it lives, kept in the control region. */

export const capturedCluster = z.object({
  capturedAt: z.iso.datetime(),
  name: z.string(),
  region: z.string(),
  endpoint: z.string(),
  certificateAuthority: z.string(),
  version: z.string(),
  addons: z.array(z.object({ name: z.string(), version: z.string() })),
});

/** An image that a custom resource names, and where: Velero's own image map knows only the built-in kinds. */
const customImage = z.object({
  group: z.string(),
  resource: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** A JSON pointer. */
  path: z.string(),
  image: z.string(),
});
export type CustomImage = z.infer<typeof customImage>;

const podRequest = z.object({ cpuMillis: z.int().min(0), memoryMi: z.int().min(0), pods: z.int().min(1) });
export type PodRequest = z.infer<typeof podRequest>;

export const inventory = z.object({
  capturedAt: z.iso.datetime(),
  /** Objects of the protected namespaces, by apiVersion/Kind. */
  counts: z.record(z.string(), z.int()),
  /** Their names, `namespace/name`; without those that backups leave out. */
  names: z.record(z.string(), z.array(z.string())).optional(),
  images: z.array(z.string()),
  customImages: z.array(customImage),
  /** What the pods ask of their nodes, alike ones counted together. */
  podRequests: z.array(podRequest),
  storageClasses: z.array(z.object({ name: z.string(), provisioner: z.string() })),
  /** Services of type LoadBalancer and Ingresses, as kind/namespace/name. */
  exposed: z.array(z.string()),
});
export type Inventory = z.infer<typeof inventory>;

export const capturedKey = z.object({ capturedAt: z.iso.datetime(), publicKey: z.string() });

const heldRevision = z.object({ revision: z.string(), from: z.iso.datetime(), until: z.iso.datetime() });

/** The Git revision that each site was last seen at, and those that the primary was seen at before, newest last. */
export const capturedGit = z.object({
  capturedAt: z.iso.datetime(),
  primary: z.string().nullable(),
  standby: z.string().nullable(),
  history: z.array(heldRevision),
});
export type CapturedGit = z.infer<typeof capturedGit>;

/** What would keep a failover from working, and was not so when it was deployed; a sentence each. */
export const capturedDrift = z.object({ capturedAt: z.iso.datetime(), drift: z.array(z.string()) });

/** The files, by what they hold. */
export const CAPTURED = {
  cluster: 'captured/cluster.json',
  inventory: 'captured/inventory.json',
  sealKey: 'captured/seal-key.json',
  drift: 'captured/drift.json',
  git: 'captured/git.json',
} as const;

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind are searched for images
type Anything = any;

const WORKLOADS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
]);
const IMAGE_KEY = /^(image|.*Image)$/;

/** Every image an object names, with the JSON pointer to it. */
export function imagesIn(object: Anything): { path: string; image: string }[] {
  const found: { path: string; image: string }[] = [];
  const walk = (value: Anything, path: string) => {
    if (Array.isArray(value))
      value.forEach((item, index) => {
        walk(item, `${path}/${index}`);
      });
    else if (value !== null && typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) {
        const pointer = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        if (typeof member === 'string' && IMAGE_KEY.test(key)) found.push({ path: pointer, image: member });
        else walk(member, pointer);
      }
    }
  };
  walk(object.spec, '/spec');
  return found;
}

/** Whether Velero's own image map reaches this kind. */
export const isWorkloadKind = (kind: string): boolean => WORKLOADS.has(kind);
