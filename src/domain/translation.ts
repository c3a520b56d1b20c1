import type { Plan } from '../plan/schema.ts';
import type { Inventory } from './captured.ts';

/** An image of a private registry of AWS. https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]+))?$/;

export type EcrReference = { account: string; region: string; repository: string; tag?: string; digest?: string };

export function parseEcr(image: string): EcrReference | undefined {
  const [, account, region, repository, tag, digest] = ECR.exec(image) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return { account, region, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

const registryOf = (account: string, region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;

/**
 * The image as the standby must ask for it: the same, from its own region's registry. Only our own account's registry
 * has a copy there; what another account replicates is its own affair, and its images are asked for where they are.
 */
export function inStandby(image: string, plan: Plan, account: string): string {
  const { primary, standby } = plan.sites;
  if (!isReplicated(parseEcr(image), plan, account)) return image;
  return image.replace(registryOf(account, primary.region), registryOf(account, standby.region));
}

const isReplicated = (reference: EcrReference | undefined, plan: Plan, account: string): boolean =>
  reference?.account === account && reference.region === plan.sites.primary.region;

/** The storage class that every volume gets in the standby; Auto Mode's own driver. https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html */
export const STANDBY_STORAGE_CLASS = 'lifeboat';
const EBS_PROVISIONERS = new Set(['ebs.csi.aws.com', 'kubernetes.io/aws-ebs', 'ebs.csi.eks.amazonaws.com']);

export type Translation = {
  /** Old registry to new, for Velero's image map. */
  registries: Record<string, string>;
  storageClasses: Record<string, string>;
  /** Velero's resource modifiers, as its config map holds them (JSON, which is YAML). */
  modifiers: string;
  /** What could not be mapped, a sentence each, for people. */
  unmapped: string[];
};

/** How the primary's references become the standby's, from what was captured of it. Pure: the same capture, the same maps. */
export function translate(plan: Plan, captured: Inventory, account: string): Translation {
  const { primary, standby } = plan.sites;
  const own = captured.images.some((image) => isReplicated(parseEcr(image), plan, account));
  const mappable = captured.storageClasses.filter((storage) => EBS_PROVISIONERS.has(storage.provisioner));
  return {
    registries: own ? { [registryOf(account, primary.region)]: registryOf(account, standby.region) } : {},
    storageClasses: Object.fromEntries(mappable.map((storage) => [storage.name, STANDBY_STORAGE_CLASS])),
    modifiers: JSON.stringify({
      version: 'v1',
      resourceModifierRules: [withoutLoadBalancer(), ...customImageRules(plan, captured, account)],
    }),
    unmapped: unmapped(plan, captured, account),
  };
}

/**
 * Services of type LoadBalancer come back as plain ones: what clients reach is the entry point made ahead. Fields that
 * only a load balancer may have go with the type.
 * https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec
 */
const withoutLoadBalancer = () => ({
  conditions: { groupResource: 'services', matches: [{ path: '/spec/type', value: 'LoadBalancer' }] },
  mergePatches: [
    {
      patchData: JSON.stringify({
        spec: {
          type: 'ClusterIP',
          loadBalancerClass: null,
          loadBalancerSourceRanges: null,
          externalTrafficPolicy: null,
          allocateLoadBalancerNodePorts: null,
          healthCheckNodePort: null,
        },
      }),
    },
  ],
});

/** One rule an object: images of custom resources, which Velero's image map does not reach. */
function customImageRules(plan: Plan, captured: Inventory, account: string) {
  const byObject = Map.groupBy(
    captured.customImages.filter(({ image }) => inStandby(image, plan, account) !== image),
    ({ group, resource, namespace, name }) =>
      JSON.stringify([group === '' ? resource : `${resource}.${group}`, namespace, name]),
  );
  return [...byObject].map(([key, images]) => {
    const [groupResource, namespace, name] = JSON.parse(key) as [string, string, string];
    return {
      conditions: {
        groupResource,
        resourceNameRegex: `^${escapeRegex(name)}$`,
        ...(namespace !== '' && { namespaces: [namespace] }),
      },
      patches: images.map(({ path, image }) => ({
        operation: 'replace',
        path,
        value: inStandby(image, plan, account),
      })),
    };
  });
}

function unmapped(plan: Plan, captured: Inventory, account: string): string[] {
  const foreign = captured.storageClasses
    .filter((storage) => !EBS_PROVISIONERS.has(storage.provisioner))
    .map((storage) => `storage class ${storage.name} (${storage.provisioner}) has no counterpart in the standby`);
  const named = new Set(plan.entryPoints.map(({ target }) => `${target.kind}/${target.namespace}/${target.name}`));
  const exposed = captured.exposed
    .filter((one) => !named.has(one))
    .map((one) => `${one} has no entry point in the plan: nobody outside reaches it in the standby`);
  const elsewhere = captured.images
    .filter((image) => parseEcr(image) !== undefined && inStandby(image, plan, account) === image)
    .map((image) => `image ${image} stays where it is`);
  return [...foreign, ...exposed, ...elsewhere];
}

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
