import { describe, expect, it } from '@jest/globals';
import { ask, pass, templatePlace } from './data-cloud.ts';
import { EAST, twoBuckets, WEST } from './two-buckets.ts';

describe('S3', () => {
  it('answers what was put, with its MD5 as the ETag', async () => {
    const { world } = twoBuckets();
    const put = await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: 'hello' });
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const got = await ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a' });
    expect(await got.Body.transformToString()).toBe('hello');
    expect(got).toMatchObject({ VersionId: put.VersionId, ContentLength: 5 });
  });

  it('keeps older versions and hides a deleted object behind a marker', async () => {
    const { world } = twoBuckets();
    const first = await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: '1' });
    await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: '2' });
    expect(await ask(world, WEST, 's3:DeleteObject', { Bucket: 'main', Key: 'a' })).toMatchObject({
      DeleteMarker: true,
    });
    await expect(ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a' })).rejects.toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    const old = await ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a', VersionId: first.VersionId });
    expect(await old.Body.transformToString()).toBe('1');
    const all = await ask(world, WEST, 's3:ListObjectVersions', { Bucket: 'main', Prefix: 'a' });
    expect(all.Versions.map((version: { IsLatest: boolean }) => version.IsLatest)).toEqual([false, false]);
    expect(all.DeleteMarkers).toMatchObject([{ Key: 'a', IsLatest: true }]);
  });

  it('hides whether a key exists from whoever may not list the bucket', async () => {
    const { world } = twoBuckets({
      judge: (_, { action }) => (action === 's3:ListBucket' ? 'no statement allows it' : undefined),
    });
    await expect(ask(world, WEST, 's3:HeadObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('names a missing key NotFound where the request was HEAD', async () => {
    const { world } = twoBuckets();
    await expect(ask(world, WEST, 's3:HeadObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      name: 'NotFound',
      status: 404,
    });
  });

  it('names a missing bucket NotFound where the request was HEAD', async () => {
    const { world } = twoBuckets();
    for (const operation of ['HeadObject', 'HeadBucket'] as const)
      await expect(ask(world, WEST, `s3:${operation}`, { Bucket: 'none', Key: 'a' })).rejects.toMatchObject({
        name: 'NotFound',
        status: 404,
      });
  });

  it('lists keys in the order of their UTF-8, a page at a time', async () => {
    const { world } = twoBuckets();
    const keys = ['a', 'é', '\ufb00', '😀', '😀/a', '😀/b'];
    for (const Key of keys.toReversed()) await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key, Body: '' });
    const all = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main' });
    expect(all.Contents.map(({ Key }: { Key: string }) => Key)).toEqual(keys);
    const page = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', StartAfter: '\ufb00', Delimiter: '/' });
    expect([page.Contents.length, page.CommonPrefixes]).toEqual([1, [{ Prefix: '😀/' }]]);
  });

  it('sends a request for a bucket of another region away', async () => {
    const { world } = twoBuckets();
    await expect(ask(world, EAST, 's3:GetObject', { Bucket: 'main', Key: 'a' })).rejects.toMatchObject({
      name: 'PermanentRedirect',
      status: 301,
    });
  });

  it('lists by prefix and delimiter, a page at a time', async () => {
    const { world, s3 } = twoBuckets();
    for (const key of ['p/a/1', 'p/a/2', 'p/b', 'p/c/1', 'q']) s3.put('main', key, 'x');
    const rolled = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', Prefix: 'p/', Delimiter: '/' });
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'p/a/' }, { Prefix: 'p/c/' }]);
    expect(rolled.Contents.map((object: { Key: string }) => object.Key)).toEqual(['p/b']);
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', MaxKeys: 2, ContinuationToken: token });
      keys.push(...page.Contents.map((object: { Key: string }) => object.Key));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(keys).toEqual(['p/a/1', 'p/a/2', 'p/b', 'p/c/1', 'q']);
  });

  it('refuses a write that another writer was faster with', async () => {
    const { world } = twoBuckets();
    const input = { Bucket: 'main', Key: 'lock', Body: 'me', IfNoneMatch: '*' };
    await ask(world, WEST, 's3:PutObject', input);
    await expect(ask(world, WEST, 's3:PutObject', input)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
  });

  it('makes a lazy body only when somebody reads it', () => {
    const { s3 } = twoBuckets();
    let made = 0;
    const body = () => {
      made++;
      return Buffer.from('hello');
    };
    const version = s3.put('main', 'lazy', body, { size: 5, payload: { files: 3 } });
    expect([s3.list('main')[0]?.size, version.payload, made]).toEqual([5, { files: 3 }, 0]);
    expect([version.etag, version.etag, made]).toEqual([
      '5d41402abc4b2a76b9719d911017c592',
      '5d41402abc4b2a76b9719d911017c592',
      1,
    ]);
  });
});

describe('S3 Object Lock', () => {
  it('keeps a locked version, while a delete marker still hides it', async () => {
    const { world, s3 } = twoBuckets();
    const make = s3.resources['AWS::S3::Bucket'];
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } },
    };
    make?.({ BucketName: 'locked', ObjectLockEnabled: true, ObjectLockConfiguration }, templatePlace(WEST, 'Locked'));
    const { VersionId } = await ask(world, WEST, 's3:PutObject', { Bucket: 'locked', Key: 'a', Body: 'x' });
    const remove = { Bucket: 'locked', Key: 'a', VersionId, BypassGovernanceRetention: true };
    await expect(ask(world, WEST, 's3:DeleteObject', remove)).rejects.toMatchObject({ name: 'AccessDenied' });
    await ask(world, WEST, 's3:DeleteObject', { Bucket: 'locked', Key: 'a' });
    await pass(world, 86_400);
    await ask(world, WEST, 's3:DeleteObject', remove);
    expect(s3.find('locked')?.version('a', VersionId)).toBeUndefined();
  });
});

describe('S3 lifecycle', () => {
  it('expires objects at midnight, and does not copy that', async () => {
    const { world, s3 } = twoBuckets();
    const LifecycleConfiguration = { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] };
    s3.resources['AWS::S3::Bucket']?.({ BucketName: 'short', LifecycleConfiguration }, templatePlace(WEST, 'Short'));
    s3.put('short', 'a', 'x');
    await pass(world, 86_400);
    expect(s3.list('short')).toHaveLength(1);
    await pass(world, 86_400);
    expect(s3.list('short')).toHaveLength(0);
  });
});
