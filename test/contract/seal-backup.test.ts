import { describe, expect, it } from '@jest/globals';
import { backupJsonKey, sealKey, signedSeal, tarballKey } from '../../src/domain/seal.ts';
import type { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import { sealBackup } from '../../src/operations/seal-backup.ts';
import { BEGAN } from '../domain/sealed.ts';
import { standbyOf } from './catalogue-rig.ts';

const NAME = 'critical-5m-20260301043000';
const key: Pick<SigningKey, 'sign'> = { sign: async () => 'c2lnbmVk' };

/** A bucket beside the primary with one backup, completed or not, that wrote no volumes. */
function primaryWith(phase: string) {
  const { bucket, given } = standbyOf('');
  const status = { phase, startTimestamp: BEGAN.toISOString(), expiration: '2026-03-02T04:30:00Z' };
  bucket.put(backupJsonKey(NAME), 'v1', JSON.stringify({ metadata: { name: NAME }, spec: {}, status }));
  bucket.put(tarballKey(NAME), 'v1', 'a tarball');
  const write = async (at: string, body: string) => bucket.put(at, 's1', body);
  Object.assign(bucket, { write });
  return {
    bucket,
    seal: () => sealBackup({ primary: given.replica, key: key as SigningKey, clock: given.clock }, NAME),
  };
}

describe('a backup', () => {
  it('is sealed when it has ended, and not before', async () => {
    const early = primaryWith('InProgress');
    expect(await early.seal()).toMatchObject({ sealed: false });
    expect(early.bucket.objects.has(sealKey(NAME))).toBe(false);
    expect(await primaryWith('Completed').seal()).toMatchObject({ sealed: true });
  });

  it('is sealed once: what is put in the place of its files afterwards is not what Velero wrote', async () => {
    const { bucket, seal } = primaryWith('Completed');
    await seal();
    const sealed = bucket.objects.get(sealKey(NAME))?.body;
    bucket.put(tarballKey(NAME), 'v2', 'garbage');
    await seal();
    expect(bucket.objects.get(sealKey(NAME))?.body).toEqual(sealed);
    const { seal: named } = signedSeal.parse(JSON.parse(Buffer.from(sealed ?? []).toString()));
    expect(named.objects.map(({ versionId }) => versionId)).toEqual(['v1', 'v1']);
  });
});
