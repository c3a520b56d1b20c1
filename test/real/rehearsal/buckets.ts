import * as commands from '@aws-sdk/client-s3';
import { AwsError } from '../../../src/rehearsal/cloud/aws-error.ts';
import type { Input, Operation, Service } from '../../../src/rehearsal/cloud/service.ts';
import type { Twin } from '../../../src/rehearsal/twin.ts';
import type { ObjectStore, Write } from '../s3/object-store.ts';

/** What concerns the objects of a bucket; the rest is the template's. */
const FORWARDED = [
  ...['PutObject', 'GetObject', 'HeadObject', 'DeleteObject', 'DeleteObjects', 'GetObjectAttributes'],
  ...['ListObjectsV2', 'ListObjectVersions'],
];

// biome-ignore lint/suspicious/noExplicitAny: a command is found by its name, and each has an input of its own
const COMMANDS = commands as unknown as Record<string, new (input: Input) => any>;

/**
 * The twin's S3, but that these buckets' objects lie in a real object store: who may do what is judged as before, and S3's
 * events are told of whatever is written, by whomever.
 */
export function realBuckets({ s3, world, eventbridge }: Twin, store: ObjectStore, names: string[]): Service {
  store.onWrite((write) => tell(write));
  const forwarded = FORWARDED.flatMap((name) => {
    const operation = s3.operations[name];
    return operation === undefined ? [] : [[name, forward(name, operation)] as const];
  });
  return { id: s3.id, resources: s3.resources, operations: { ...s3.operations, ...Object.fromEntries(forwarded) } };

  function forward(name: string, simulated: Operation): Operation {
    const answer: Operation['answer'] = async (input, at) => {
      if (!names.includes(input.Bucket)) return simulated.answer(input, at);
      s3.bucketAt(input.Bucket, at.region); // Refuses an endpoint of another region than the bucket's.
      const client = new commands.S3Client({ region: at.region });
      store.attach(client);
      return client.send(new (COMMANDS[`${name}Command`] as (typeof COMMANDS)[string])(input)).catch(refused);
    };
    return { ...simulated, answer };
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
  function tell({ bucket, key, versionId, size, etag, operation }: Write): void {
    const found = s3.find(bucket);
    if (found === undefined || !world.network.up(found.region)) return;
    const isDeleted = operation === 'DeleteObject';
    eventbridge.publish(found.region, 'default', {
      source: 'aws.s3',
      'detail-type': isDeleted ? 'Object Deleted' : 'Object Created',
      resources: [found.arn],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { key, 'version-id': versionId, ...(!isDeleted && { size, etag }) },
        reason: operation,
      },
    });
  }
}

/** What the client of this end threw is told as the twin tells what S3 refuses; the client at the other end makes its own of it. */
function refused(error: unknown): never {
  if (!(error instanceof commands.S3ServiceException)) throw error;
  throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode ?? 500);
}
