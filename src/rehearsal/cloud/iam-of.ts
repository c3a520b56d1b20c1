import { Iam } from './iam.ts';
import type { World } from './world.ts';

/** The world's IAM, for what is neither a call nor a judgement: trust in a service, a resource's own policy. */
export function iamOf(world: World): Iam | undefined {
  const iam = world.services.get('iam');
  return iam instanceof Iam ? iam : undefined;
}
