import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Seal } from '../../src/domain/seal.ts';
import { judgeBucket } from '../../src/operations/judge-bucket.ts';
import { sealBucket } from '../../src/operations/seal-bucket.ts';
import { AT, FOLDER, NAME, whole, withMetadata } from './changed-backup.ts';

describe('an unsigned seal that lies', () => {
  let seals: Map<string, Seal>;
  beforeAll(async () => {
    seals = new Map((await sealBucket(whole, AT)).seals.map(({ seal }) => [seal.backup, seal]));
  });
  const CRITICAL = 'critical-15m-20261120221500';
  const verdictBy = async (name: string, change: Partial<Seal>, bucket = whole) => {
    const seal = seals.get(name);
    if (seal === undefined) throw new Error('it was not sealed');
    const changed = new Map(seals).set(name, { ...seal, ...change });
    return (await judgeBucket(bucket, changed, AT)).find(({ point }) => point.name === name)?.point;
  };

  it.each<[string, string, Partial<Seal>, RegExp]>([
    ['of its phase', NAME, { phase: 'Failed' }, /Velero says Failed/],
    ['of its expiration', NAME, { expiration: '2030-01-01T00:00:00Z' }, /another expiration than velero-backup\.json/],
    ['of its moment', NAME, { moment: '2026-11-20T22:39:00Z' }, /another moment than velero-backup\.json/],
    ['by naming nothing', NAME, { objects: [] }, /its seal does not name velero-backup\.json/],
    ['by naming no repository', CRITICAL, { repositories: [] }, /its seal names no repository of /],
  ])('proves nothing: %s', async (_, name, change, reason) => {
    const point = await verdictBy(name, change);
    expect(point?.verdict).not.toBe('restorable');
    expect(point?.reason).toMatch(reason);
  });

  it('proves nothing where seals go on from each other in a circle, or from one that is not there', async () => {
    for (const since of [CRITICAL, 'critical-15m-20261120223000', 'no-such']) {
      const repositories = (seals.get(CRITICAL)?.repositories ?? []).map((one) => ({ ...one, since }));
      const point = await verdictBy(CRITICAL, { repositories });
      expect(point).toMatchObject({ verdict: 'unproven', reason: expect.stringContaining('an earlier seal') });
    }
  });

  it('is overruled by metadata that says another thing, even where its checksum is right', async () => {
    const bucket = withMetadata((it) => {
      it.status.phase = 'PartiallyFailed';
    });
    const [file] = bucket.listing(`${FOLDER}velero-backup.json`).objects;
    const objects = (seals.get(NAME)?.objects ?? []).map((object) =>
      object.key === file?.key ? { ...object, size: file.size, checksum: file.etag } : object,
    );
    expect(await verdictBy(NAME, { objects }, bucket)).toMatchObject({ verdict: 'unproven' });
  });
});
