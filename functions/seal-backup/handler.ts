import * as z from 'zod';
import { backupOfKey } from '../../src/domain/seal.ts';
import { Bucket } from '../../src/gateways/aws/objects.ts';
import { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { sealBackup } from '../../src/operations/seal-backup.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const input = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });

export const create = chain({ env, input }, ({ wires, clock, region, env }) => {
  const primary = new RecoveryBucket(new Bucket(wires, region, env.BACKUP_BUCKET));
  const key = new SigningKey(wires, region, env.SEAL_KEY_ID);
  return async ({ detail }) => {
    const backup = backupOfKey(detail.object.key);
    if (backup === undefined) return { sealed: false, reason: `${detail.object.key} belongs to no backup` };
    return sealBackup({ primary, key, clock }, backup);
  };
});
