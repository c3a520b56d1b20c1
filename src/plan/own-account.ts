import type { ManifestObject } from './manifest-object.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

export type EcrImage = { account: string; region: string; repository: string };

/** Every image of a registry of AWS that the manifests name, as often as they do. */
export function* ecrImagesIn(value: unknown): Generator<EcrImage> {
  if (Array.isArray(value)) for (const item of value) yield* ecrImagesIn(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key !== 'image' || typeof item !== 'string') {
        yield* ecrImagesIn(item);
        continue;
      }
      const [, account, region, repository] = ECR_IMAGE.exec(item) ?? [];
      if (account !== undefined && region !== undefined && repository !== undefined)
        yield { account, region, repository };
    }
  }
}

/** Nothing in manifests tells whose account they run in: it is taken to be the one that most images of the region lie in. */
export function ownAccount(objects: readonly ManifestObject[], region: string): string | undefined {
  const uses = new Map<string, number>();
  for (const image of ecrImagesIn(objects))
    if (image.region === region) uses.set(image.account, (uses.get(image.account) ?? 0) + 1);
  return [...uses].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
