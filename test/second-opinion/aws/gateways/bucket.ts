import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Bucket } from '../../../../src/gateways/aws/objects.ts';
import { clientOf, type Place, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const NAME = 'lifeboat-backups';
/** One page of a listing is 1,000. */
const MORE_THAN_A_PAGE = Array.from({ length: 1001 }, (_, number) => `many/${String(number).padStart(4, '0')}`);
/** No more at once than the SDK has sockets for. */
async function writeMany(objects: Bucket, keys: string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 40)
    await Promise.all(keys.slice(from, from + 40).map((key) => objects.write(key, 'x')));
}

/** In the order of UTF-8, which is not JavaScript's. */
const ODD_KEYS = ['odd/A b', 'odd/a+b=c&d', 'odd/a/b', 'odd/é', 'odd/ﬀ', 'odd/😀'];

const elsewhere = ({ wires }: Place): Bucket => new Bucket(wires, REGION, 'lifeboat-no-such-bucket');

/** Takes the newest delete marker away. */
async function bringBack(place: Place, key: string): Promise<void> {
  const client = clientOf(place, S3Client);
  const { DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: NAME, Prefix: key }));
  const VersionId = DeleteMarkers?.find(({ IsLatest }) => IsLatest)?.VersionId;
  await client.send(new DeleteObjectCommand({ Bucket: NAME, Key: key, VersionId }));
}

async function writeInParts(place: Place, key: string): Promise<void> {
  const client = clientOf(place, S3Client);
  const there = { Bucket: NAME, Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(there));
  const { ETag } = await client.send(new UploadPartCommand({ ...there, UploadId, PartNumber: 1, Body: 'whole' }));
  const Parts = [{ PartNumber: 1, ETag }];
  await client.send(new CompleteMultipartUploadCommand({ ...there, UploadId, MultipartUpload: { Parts } }));
}

export const bucket: Suite<Bucket> = {
  gateway: Bucket,
  resources: {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: NAME, VersioningConfiguration: { Status: 'Enabled' } },
    },
  },
  connect: ({ wires }) => new Bucket(wires, REGION, NAME),
  cases: {
    read: [
      { title: 'answers nothing for what is not there', ask: (objects) => objects.read('none'), answers: undefined },
      {
        title: 'answers the bytes, of whatever kind',
        ask: async (objects, place) => {
          const Body = new Uint8Array([0, 255, 10, 13, 128]);
          await clientOf(place, S3Client).send(new PutObjectCommand({ Bucket: NAME, Key: 'k', Body }));
          return [...((await objects.read('k')) ?? [])];
        },
        answers: [0, 255, 10, 13, 128],
      },
      {
        title: 'throws when there is no such bucket',
        ask: (_, place) => errorOf(elsewhere(place).read('k')),
        answers: 'NoSuchBucket',
      },
    ],
    readWithDigest: [
      {
        title: 'knows that S3 keeps a checksum of the whole',
        ask: async (objects) => {
          await objects.write('k', 'whole');
          return (await objects.readWithDigest('k'))?.checked;
        },
        answers: true,
        moto: { differs: 's3-checksum-type', answers: false },
      },
      {
        title: 'knows that the ETag of a whole object is its digest',
        ask: async (objects) => {
          await objects.write('k', 'whole');
          return (await objects.readWithDigest('k'))?.digested;
        },
        answers: true,
      },
      {
        title: 'knows that the ETag of an object in parts is none',
        only: 'moto',
        ask: async (objects, place) => {
          await writeInParts(place, 'k');
          return (await objects.readWithDigest('k'))?.digested;
        },
        answers: false,
      },
    ],
    readText: [
      {
        title: 'reads text as UTF-8',
        ask: async (objects) => {
          await objects.write('k', 'ünï 😀');
          return [await objects.readText('k'), await objects.readText('none')];
        },
        answers: ['ünï 😀', undefined],
      },
    ],
    readJson: [
      {
        title: 'reads JSON, and throws for what is not',
        ask: async (objects) => {
          await objects.write('yes', '{"a":[1]}');
          await objects.write('no', 'a: 1');
          return [await objects.readJson('yes'), await objects.readJson('none'), await errorOf(objects.readJson('no'))];
        },
        answers: [{ a: [1] }, undefined, 'SyntaxError'],
      },
    ],
    write: [
      {
        title: 'replaces what is there by a new version',
        ask: async (objects) => {
          await objects.write('k', 'one');
          const before = await objects.currentVersion('k');
          await objects.write('k', 'three');
          const after = await objects.currentVersion('k');
          return [await objects.readText('k'), before?.size, after?.size, before?.versionId === after?.versionId];
        },
        answers: ['three', 3, 5, false],
      },
      {
        title: 'throws when there is no such bucket',
        ask: (_, place) => errorOf(elsewhere(place).write('k', 'x')),
        answers: 'NoSuchBucket',
      },
    ],
    hide: [
      {
        title: 'hides an object from reads and lists, and it comes back as the version that it was',
        ask: async (objects, place) => {
          await objects.write('k', 'one');
          const before = await objects.currentVersion('k');
          await objects.hide('k');
          const hidden = [await objects.read('k'), await objects.currentVersion('k'), await objects.keys('')];
          await bringBack(place, 'k');
          return [hidden, (await objects.currentVersion('k'))?.versionId === before?.versionId];
        },
        answers: [[undefined, undefined, []], true],
      },
      {
        title: 'says nothing of what was never there',
        ask: async (objects) => {
          await objects.hide('none');
          return (await objects.listing('')).deleted.map(({ key }) => key);
        },
        answers: ['none'],
        moto: { differs: 's3-marker-for-nothing', answers: [] },
      },
    ],
    currentVersion: [
      {
        title: 'answers nothing for what is not there',
        ask: (objects) => objects.currentVersion('none'),
        answers: undefined,
      },
      {
        title: 'answers nothing where there is no bucket either: a HEAD has no body to tell them apart',
        ask: (_, place) => elsewhere(place).currentVersion('k'),
        answers: undefined,
      },
    ],
    keys: [
      {
        title: 'lists more than a page, in order, and from a key on without it',
        ask: async (objects) => {
          await writeMany(objects, [...MORE_THAN_A_PAGE, 'other']);
          const all = await objects.keys('many/');
          return [all.length, all.at(0), all.at(-1), await objects.keys('many/', 'many/0998')];
        },
        answers: [1001, 'many/0000', 'many/1000', ['many/0999', 'many/1000']],
      },
      {
        title: 'gives back every key as it was written, in the order of their bytes',
        ask: async (objects) => {
          for (const key of ODD_KEYS) await objects.write(key, key);
          return [await objects.keys('odd/'), await objects.readText('odd/a+b=c&d')];
        },
        answers: [ODD_KEYS, 'odd/a+b=c&d'],
      },
      { title: 'lists nothing where nothing is', ask: (objects) => objects.keys('none/'), answers: [] },
      {
        title: 'throws when there is no such bucket',
        ask: (_, place) => errorOf(elsewhere(place).keys('')),
        answers: 'NoSuchBucket',
      },
    ],
    listing: [
      {
        title: 'tells what is there now from what was deleted, and leaves former versions out',
        ask: async (objects) => {
          await objects.write('a', 'one');
          await objects.write('a', 'one and two');
          await objects.write('b', 'x');
          await objects.hide('b');
          await objects.write('c', 'x');
          await objects.hide('c');
          await objects.write('c', 'again');
          const { objects: there, deleted } = await objects.listing('');
          const current = await objects.currentVersion('a');
          return [
            there.map(({ key, size, etag }) => [key, size, etag]),
            deleted.map(({ key }) => key),
            there[0]?.versionId === current?.versionId,
          ];
        },
        answers: [
          [
            ['a', 11, '6d6ddee5c41e7e99c75d79495bfd344f'],
            ['c', 5, '639849f6b368019778991b32434354fc'],
          ],
          ['b'],
          true,
        ],
      },
      {
        title: 'goes through page after page of versions',
        ask: async (objects) => {
          await writeMany(objects, MORE_THAN_A_PAGE);
          await objects.hide('many/0000');
          await objects.hide('many/1000');
          const { objects: there, deleted } = await objects.listing('many/');
          return [there.length, deleted.map(({ key }) => key)];
        },
        answers: [999, ['many/0000', 'many/1000']],
      },
    ],
  },
};
