import * as z from 'zod';
import { chosenPoint } from '../../src/domain/choice-of-points.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { syncBackups } from '../../src/operations/sync-backups.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({
  points: z.array(chosenPoint),
  since: z.number().transform((milliseconds) => new Date(milliseconds)),
});

export const create = chain({ env, input }, ({ wires, clock, random, plan, env, credentials }) => {
  const clusters = new Clusters(wires, clock, random, credentials);
  const replica = new RecoveryBucket(new Bucket(wires, plan.sites.standby.region, env.REPLICA_BUCKET));
  return ({ points, since }) =>
    syncBackups(
      { clusters, replica, clock },
      plan,
      points.map((point) => point.backup),
      since,
    );
});
