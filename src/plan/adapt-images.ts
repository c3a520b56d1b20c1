import type { Adapted } from './adapted.ts';
import type { ManifestObject } from './manifest-object.ts';
import { ecrImagesIn, ownAccount } from './own-account.ts';
import type { PlanInput } from './schema.ts';

/** Repositories of the primary's own registry that the manifests use: without a copy nothing starts in the standby. */
export function adaptImages(input: PlanInput, objects: readonly ManifestObject[]): Adapted {
  const { region } = input.sites.primary;
  const own = ownAccount(objects, region);
  const before = input.stores.images?.repositories ?? [];
  const prefixes = new Set<string>();
  const others = new Set<string>();
  for (const image of ecrImagesIn(objects)) {
    if (image.region !== region) continue;
    const { account, repository } = image;
    if (account !== own) others.add(`${account}.dkr.ecr.${region}.amazonaws.com/${repository}`);
    else if (!before.some((prefix) => repository.startsWith(prefix)))
      prefixes.add(repository.includes('/') ? repository.slice(0, repository.indexOf('/') + 1) : repository);
  }
  const said = [...others].sort().map((image) => `Nothing copies ${image} to the standby: it is another account's.`);
  if (prefixes.size === 0) return { input, said };
  const added = [...prefixes].sort();
  const images = { ...input.stores.images, repositories: [...before, ...added] };
  return {
    input: { ...input, stores: { ...input.stores, images } },
    said: [...said, `Images are copied to the standby from repositories that begin with ${added.join(', ')} too.`],
  };
}
