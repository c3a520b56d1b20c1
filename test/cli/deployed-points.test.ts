import { describe, expect, it } from '@jest/globals';
import { type Asked, bucketPoints, cataloguedPoints } from '../../src/cli/deployed-points.ts';
import { catalogue } from '../../src/domain/catalogue.ts';
import { type Seal, type SignedSeal, sealKey } from '../../src/domain/seal.ts';
import type { Wires } from '../../src/gateways/wires.ts';
import { sealBucket } from '../../src/operations/seal-bucket.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { type MemoryBucket, realBucket } from '../operations/memory-bucket.ts';
import { ROOT } from './command-line.ts';

const AT = new Date('2026-11-20T22:40:00Z');
const REPLICA = 'knative-lambda-dr-backups-us-east-1';
const ASKED: Asked = { plan: 'lifeboat.yaml', prefix: undefined, region: undefined, now: AT };
const whole = realBucket('velero-1.18.2');
const { publicKey, sign } = sealingKey();

type Input = Record<string, string>;
type Middleware = (next: unknown, context: { commandName: string }) => (args: { input: Input }) => Promise<unknown>;

/** AWS, as far as it is asked here: every command answered by its name and input, or by an error of that name. */
function wiresTo(answers: Record<string, (input: Input) => unknown>): Wires {
  return {
    attach({ middlewareStack }) {
      const middleware: Middleware =
        (_, { commandName }) =>
        async ({ input }) => ({
          response: {},
          output: { $metadata: {}, ...(answers[commandName]?.(input) as object) },
        });
      const stack = middlewareStack as { add(middleware: Middleware, at: { step: string }): void };
      stack.add(middleware, { step: 'initialize' });
    },
    send: () => Promise.reject(new Error('nothing is sent')),
    resolve: () => Promise.resolve([]),
  };
}

const notFound = (): never => {
  throw Object.assign(new Error('there is no such key'), { name: 'NoSuchKey' });
};

/** S3 with a bucket in it, whose versions are the objects' own checksums; and the captured key of the seals. */
function s3With(bucket: MemoryBucket, prefix = 'velero/', captured = true): Wires {
  const placed = new Map([...bucket.files].map(([key, bytes]) => [key.replace('velero/', prefix), bytes]));
  const versions = new Map(bucket.listing('').objects.map(({ key, etag }) => [key.replace('velero/', prefix), etag]));
  const body = (bytes: Uint8Array) => ({ Body: { transformToByteArray: async () => bytes } });
  return wiresTo({
    GetCallerIdentityCommand: () => ({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:role/me' }),
    GetObjectCommand({ Bucket, Key = '' }) {
      const key = { capturedAt: AT.toISOString(), publicKey };
      if (Bucket === 'lifeboat-knative-lambda-captured-111122223333-us-east-1')
        return captured ? body(Buffer.from(JSON.stringify(key))) : notFound();
      return body(placed.get(Key) ?? notFound());
    },
    ListObjectsV2Command: ({ Prefix = '' }) => ({
      Contents: [...placed.keys()].filter((key) => key.startsWith(Prefix)).map((Key) => ({ Key })),
    }),
    ListObjectVersionsCommand: ({ Prefix = '' }) => ({
      Versions: [...placed]
        .filter(([key]) => key.startsWith(Prefix))
        .map(([Key, bytes]) => ({ Key, VersionId: versions.get(Key), Size: bytes.length, IsLatest: true })),
    }),
  });
}

/** A bucket with signed seals in it, of the versions that `s3With` gives. */
async function sealed(bucket: MemoryBucket, signer: (seal: Seal) => SignedSeal): Promise<MemoryBucket> {
  const versioned = <Named extends { versionId: string; checksum: string }>(objects: Named[]): Named[] =>
    objects.map((object) => ({ ...object, versionId: object.checksum }));
  let changed = bucket;
  for (const { seal } of (await sealBucket(bucket, AT)).seals) {
    const repositories = seal.repositories.map((one) => ({ ...one, added: versioned(one.added) }));
    const signed = signer({ ...seal, objects: versioned(seal.objects), repositories });
    changed = changed.with(sealKey(seal.backup), Buffer.from(JSON.stringify(signed)));
  }
  return changed;
}

const shown = async (wires: Wires, url = `s3://${REPLICA}`, asked = ASKED) =>
  (await bucketPoints(url, asked, ROOT, wires)).map(({ verdict, seal }) => [verdict, seal?.kind]);

describe('a bucket of S3', () => {
  it('is judged by the seals in it that the key of the primary signed', async () => {
    const bucket = await sealed(whole, sign);
    expect(await shown(s3With(bucket))).toEqual(Array.from({ length: 4 }, () => ['restorable', 'signed']));
  });

  it('names what has not arrived, as it lies there', async () => {
    const key = 'velero/kopia/monitoring/kopia.repository';
    const bucket = (await sealed(whole, sign)).with(key, undefined);
    const [daily] = await bucketPoints(`s3://${REPLICA}`, ASKED, ROOT, s3With(bucket));
    expect(daily).toMatchObject({ name: 'full-daily-20261120020000', verdict: 'arriving', missing: [key] });
  });

  it.each([
    ['another key signed them', sealingKey().sign, true],
    ['nobody signed them', (seal: Seal): SignedSeal => ({ seal, signature: null }), true],
    ['the key was never captured', sign, false],
  ])('is judged as if there were no seals when %s, and says so', async (_, signer, captured) => {
    const bucket = await sealed(whole, signer);
    expect(await shown(s3With(bucket, 'velero/', captured))).toEqual([
      ['unproven', 'unverified'],
      ['restorable', 'unverified'],
      ['unproven', 'unverified'],
      ['unproven', 'unverified'],
    ]);
  });

  it('of somebody else is read where it is said to be', async () => {
    const asked = { ...ASKED, plan: 'no-such.yaml', region: 'eu-central-1' };
    for (const [prefix, url] of [
      ['', 's3://some-bucket'],
      ['my/backups/', 's3://some-bucket/my/backups'],
    ] as const)
      expect((await shown(s3With(whole, prefix), url, asked)).map(([verdict]) => verdict)).toEqual([
        'unproven',
        'restorable',
        'unproven',
        'unproven',
      ]);
  });

  it('that cannot be read is no bucket without points', async () => {
    const denied = wiresTo({
      ListObjectsV2Command: () => {
        throw Object.assign(new Error('not\nyours'), { name: 'AccessDenied' });
      },
    });
    await expect(shown(denied)).rejects.toMatchObject({
      name: 'BadInput',
      problems: [expect.stringContaining(`the bucket ${REPLICA} in us-east-1 cannot be read: AccessDenied: not yours`)],
    });
  });
});

describe("the plan's catalogue", () => {
  const text = (value: unknown) => ({ data: { S: JSON.stringify(value) } });

  it('shows the newest points of each schedule, newest first', async () => {
    const { seals } = await sealBucket(whole, AT);
    const known = seals.map(({ seal }) => ({
      ...catalogue(seal, true, { files: [], repositories: new Map() }),
      volumes: [{ namespace: 'a', name: 'b', portable: true, optedOut: false, bytes: 1, reason: 'PodVolumeBackup' }],
    }));
    const wires = wiresTo({
      QueryCommand({ ExpressionAttributeValues }) {
        const from = (ExpressionAttributeValues as unknown as Record<string, { S: string }>)[':first']?.S;
        const schedule = from?.replace(/-\d{14}$/, '');
        return { Items: known.filter((one) => one.schedule === schedule).map(text) };
      },
    });
    const points = await cataloguedPoints(ASKED, ROOT, wires);
    expect(points.map(({ name, verdict, seal, volumes }) => [name, verdict, seal?.kind, volumes.length])).toEqual([
      ['full-daily-20261120020000', 'restorable', 'signed', 1],
      ['config-hourly-20261120220000', 'restorable', 'signed', 1],
    ]);
  });

  it('that cannot be reached is told by its name and region', async () => {
    const wires = wiresTo({
      QueryCommand: () => {
        throw Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' });
      },
    });
    await expect(cataloguedPoints(ASKED, ROOT, wires)).rejects.toMatchObject({
      name: 'BadInput',
      problems: [
        'the catalogue lifeboat-knative-lambda-catalogue in us-east-1 cannot be read: ResourceNotFoundException: no such table; is it deployed, and may your credentials read it?',
      ],
    });
  });
});
