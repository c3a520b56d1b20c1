import type { Adapted } from './adapted.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { PlanInput } from './schema.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_IMAGE = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/** Repositories of the primary's own registry that the manifests use: without a copy nothing starts in the standby. */
export function adaptImages(input: PlanInput, objects: readonly ManifestObject[]): Adapted {
  const before = input.stores.images?.repositories ?? [];
  const prefixes = new Set<string>();
  for (const image of imagesIn(objects)) {
    const [, region, repository] = ECR_IMAGE.exec(image) ?? [];
    if (region !== input.sites.primary.region || repository === undefined) continue;
    if (before.some((prefix) => repository.startsWith(prefix))) continue;
    prefixes.add(repository.includes('/') ? repository.slice(0, repository.indexOf('/') + 1) : repository);
  }
  if (prefixes.size === 0) return { input, said: [] };
  const repositories = [...before, ...[...prefixes].sort()];
  return {
    input: { ...input, stores: { ...input.stores, images: { repositories } } },
    said: [
      `Images are copied to the standby from repositories that begin with ${[...prefixes].sort().join(', ')} too.`,
    ],
  };
}

function* imagesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* imagesIn(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'image' && typeof item === 'string') yield item;
      else yield* imagesIn(item);
    }
  }
}
