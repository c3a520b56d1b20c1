import * as z from 'zod';
import { ControlBus } from '../../src/gateways/aws/control-bus.ts';
import { forwardReplicationTrouble } from '../../src/operations/forward-replication-trouble.ts';
import { controlRegion } from '../../src/plan/places.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const record = z.object({
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), versionId: z.string() }),
  }),
});
/** What S3 sends to test a new notification has no records. */
const input = z.object({ Records: z.array(record).default([]) });

export const create = chain({ env, input }, ({ wires, plan, env }) => {
  const bus = new ControlBus(wires, controlRegion(plan), env.CONTROL_BUS);
  return ({ Records }) => {
    const troubles = Records.map(({ eventName, s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: keyOf(object.key),
      versionId: object.versionId,
      event: `s3:${eventName}`,
    }));
    return forwardReplicationTrouble({ bus }, troubles);
  };
});

/** In notifications keys are URL-encoded, with a plus for each space. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const keyOf = (encoded: string): string => decodeURIComponent(encoded.replaceAll('+', ' '));
