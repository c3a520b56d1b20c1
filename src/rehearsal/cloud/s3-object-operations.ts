import { crc32 } from 'node:zlib';
import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import type { Bucket } from './s3-bucket.ts';
import { bucketOfHead } from './s3-bucket-operations.ts';
import { keyPermission } from './s3-encryption.ts';
import { toSecond } from './s3-listing.ts';
import type { ObjectVersion } from './s3-object.ts';
import { copySource, deletion, required, retentionOf } from './s3-requests.ts';
import type { ObjectStore } from './s3-store.ts';
import type { Input, Operation, Permission, Place } from './service.ts';

const objectArn = (input: Input): string => `arn:aws:s3:::${input.Bucket}/${input.Key}`;

/** What each call needs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export function objectOperations(s3: ObjectStore): Record<string, Operation> {
  return {
    PutObject: { permissions: (input) => putPermissions(s3, input), answer: (input, at) => put(s3, input, at) },
    GetObject: { permissions: (input) => readPermissions(s3, input), answer: (input, at) => get(s3, input, at) },
    HeadObject: { permissions: (input) => headPermissions(s3, input), answer: (input, at) => head(s3, input, at) },
    DeleteObject: {
      permissions: (input) => deletePermissions(input),
      answer: (input, at) => s3.delete(s3.bucketAt(input.Bucket, at.region), deletion(input), at.caller),
    },
    DeleteObjects: { permissions: () => [], answer: (input, at) => deleteMany(s3, input, at) },
    CopyObject: { permissions: (input) => copyPermissions(s3, input), answer: (input, at) => copy(s3, input, at) },
    GetObjectAttributes: {
      permissions: (input) => [
        ...readPermissions(s3, input),
        { action: 's3:GetObjectAttributes', resource: objectArn(input) },
      ],
      answer: (input, at) => {
        const version = existing(s3, s3.bucketAt(input.Bucket, at.region), input, at, 'NoSuchKey');
        return { ...describe(version), ETag: version.etag, ObjectSize: version.size, StorageClass: 'STANDARD' };
      },
    },
    GetObjectRetention: {
      permissions: (input) => [{ action: 's3:GetObjectRetention', resource: objectArn(input) }],
      answer: (input, at) => {
        const { retention } = existing(s3, s3.bucketAt(input.Bucket, at.region), input, at, 'NoSuchKey');
        if (retention === undefined)
          throw new AwsError(
            'NoSuchObjectLockConfiguration',
            'The specified object does not have a ObjectLock configuration',
            404,
          );
        return { Retention: { Mode: retention.mode, RetainUntilDate: new Date(retention.until) } };
      },
    },
  };
}

function putPermissions(s3: ObjectStore, input: Input): Permission[] {
  const resource = objectArn(input);
  const permissions: Permission[] = [{ action: 's3:PutObject', resource }];
  if (input.ObjectLockMode !== undefined) permissions.push({ action: 's3:PutObjectRetention', resource });
  if (input.ObjectLockLegalHoldStatus !== undefined) permissions.push({ action: 's3:PutObjectLegalHold', resource });
  if (input.Tagging !== undefined) permissions.push({ action: 's3:PutObjectTagging', resource });
  if (input.SSEKMSKeyId !== undefined) throw new NotSimulated('a key of KMS for one object');
  return [...permissions, ...onKey(s3, input, 'kms:GenerateDataKey')];
}

function onKey(s3: ObjectStore, input: Input, action: string): Permission[] {
  const bucket = s3.find(input.Bucket);
  return bucket === undefined ? [] : keyPermission(s3.world, bucket, input.Key, action);
}

/** The checksum is encrypted with the object, and nothing else that is told of it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
function headPermissions(s3: ObjectStore, input: Input): Permission[] {
  const [read, ...decrypt] = readPermissions(s3, input);
  return read === undefined ? [] : [read, ...(input.ChecksumMode === 'ENABLED' ? decrypt : [])];
}

function readPermissions(s3: ObjectStore, input: Input): Permission[] {
  const action = input.VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  return [{ action, resource: objectArn(input) }, ...onKey(s3, input, 'kms:Decrypt')];
}

function deletePermissions(input: Input): Permission[] {
  const resource = objectArn(input);
  const permissions: Permission[] = [
    { action: input.VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', resource },
  ];
  if (input.BypassGovernanceRetention === true) permissions.push({ action: 's3:BypassGovernanceRetention', resource });
  return permissions;
}

function copyPermissions(s3: ObjectStore, input: Input): Permission[] {
  const source = copySource(input);
  return [...readPermissions(s3, source), ...putPermissions(s3, input)];
}

function put(s3: ObjectStore, input: Input, at: Place): unknown {
  const bucket = s3.bucketAt(input.Bucket, at.region);
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  const current = bucket.latest(input.Key);
  const exists = current !== undefined && !current.deleteMarker;
  if (input.IfNoneMatch !== undefined && exists) throw preconditionFailed('If-None-Match');
  if (input.IfMatch !== undefined && (!exists || `"${current.etag}"` !== `"${input.IfMatch.replaceAll('"', '')}"`))
    throw exists ? preconditionFailed('If-Match') : noSuchKey(input.Key, 'NoSuchKey');
  const retention = retentionOf(bucket, input, s3.now);
  const version = s3.write(
    bucket,
    {
      key: required(input, 'Key'),
      body: input.Body ?? '',
      ...(input.Metadata === undefined ? {} : { metadata: input.Metadata }),
      ...(input.ContentType === undefined ? {} : { contentType: input.ContentType }),
      ...(input.Tagging === undefined ? {} : { tags: input.Tagging }),
      ...(retention === undefined ? {} : { retention }),
      ...(input.ObjectLockLegalHoldStatus === 'ON' ? { legalHold: true } : {}),
      // Of the twin's own writers, such as the simulated Velero.
      ...(input.Payload === undefined ? {} : { payload: input.Payload }),
      ...(input.Size === undefined ? {} : { size: input.Size }),
    },
    'PutObject',
    at.caller,
  );
  return withEtag(version, version.versionId === 'null' ? {} : { VersionId: version.versionId });
}

function get(s3: ObjectStore, input: Input, at: Place): unknown {
  const bucket = s3.bucketAt(input.Bucket, at.region);
  const version = existing(s3, bucket, input, at, 'NoSuchKey');
  return {
    ...describe(version),
    ...(input.ChecksumMode === 'ENABLED' ? checksumOf(version) : {}),
    ETag: `"${version.etag}"`,
    ContentLength: version.size,
    Body: stream(version, input.Range),
  };
}

/**
 * The SDKs send a CRC32 of the whole with what they write in one piece, and S3 keeps it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
function checksumOf(version: ObjectVersion): Record<string, unknown> {
  const ChecksumCRC32 = (): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(version.bytes));
    return bytes.toString('base64');
  };
  return Object.defineProperty({ ChecksumType: 'FULL_OBJECT' }, 'ChecksumCRC32', {
    get: ChecksumCRC32,
    enumerable: true,
  });
}

function head(s3: ObjectStore, input: Input, at: Place): unknown {
  const version = existing(s3, bucketOfHead(s3, input, at), input, at, 'NotFound');
  return withEtag(version, { ...describe(version), ContentLength: version.size });
}

const withEtag = (version: ObjectVersion, rest: Record<string, unknown>): unknown =>
  Object.defineProperty(rest, 'ETag', { get: () => `"${version.etag}"`, enumerable: true });

/**
 * Without permission to list the bucket, a missing key is answered 403.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
function existing(s3: ObjectStore, bucket: Bucket, input: Input, at: Place, missing: string): ObjectVersion {
  const { Key, VersionId } = input;
  const version = VersionId === undefined ? bucket.latest(Key) : bucket.version(Key, VersionId);
  if (version !== undefined && !version.deleteMarker) return version;
  if (version !== undefined && VersionId !== undefined)
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  const denied = s3.world.judge(at.caller, { action: 's3:ListBucket', resource: bucket.arn }, at.region);
  if (denied !== undefined) {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
    const message = `Not authorized to perform: s3:ListBucket on resource: ${bucket.arn} because ${denied} (there is no ${Key})`;
    throw new AwsError(missing === 'NotFound' ? 'UnknownError' : 'AccessDenied', message, 403);
  }
  if (VersionId !== undefined) throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  throw noSuchKey(Key, missing);
}

const noSuchKey = (key: string, name: string): AwsError =>
  new AwsError(name, name === 'NotFound' ? 'NotFound' : `The specified key does not exist. (${key})`, 404, {
    Key: key,
  });

const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });

function describe(version: ObjectVersion): Record<string, unknown> {
  return {
    LastModified: toSecond(version.lastModified),
    ContentType: version.contentType,
    Metadata: version.metadata,
    ...(version.kmsKey === undefined
      ? { ServerSideEncryption: 'AES256' }
      : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: version.kmsKey }),
    ...(version.versionId === 'null' ? {} : { VersionId: version.versionId }),
    ...(version.replicationStatus === undefined ? {} : { ReplicationStatus: version.replicationStatus }),
    ...(version.retention === undefined
      ? {}
      : { ObjectLockMode: version.retention.mode, ObjectLockRetainUntilDate: new Date(version.retention.until) }),
    ...(version.legalHold ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
    ...(version.payload === undefined ? {} : { Payload: version.payload }),
  };
}

/** As much of the SDK's body stream as has a use without a socket. */
function stream(version: ObjectVersion, range: string | undefined): unknown {
  const bounds = range === undefined ? undefined : /^bytes=(\d+)-(\d*)$/.exec(range);
  if (bounds === null) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  const bytes = (): Uint8Array =>
    bounds === undefined
      ? version.bytes
      : version.bytes.subarray(Number(bounds[1]), bounds[2] ? Number(bounds[2]) + 1 : undefined);
  return {
    transformToByteArray: async () => bytes(),
    transformToString: async (encoding: BufferEncoding = 'utf8') => Buffer.from(bytes()).toString(encoding),
    async *[Symbol.asyncIterator]() {
      yield bytes();
    },
  };
}

function copy(s3: ObjectStore, input: Input, at: Place): unknown {
  const source = copySource(input);
  const from = s3.find(source.Bucket);
  if (from === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const original = existing(s3, from, source, at, 'NoSuchKey');
  const version = s3.write(
    s3.bucketAt(input.Bucket, at.region),
    {
      key: required(input, 'Key'),
      body: () => original.bytes,
      size: original.size,
      metadata: input.MetadataDirective === 'REPLACE' ? (input.Metadata ?? {}) : original.metadata,
      contentType: original.contentType,
      payload: original.payload,
    },
    'CopyObject',
    at.caller,
  );
  return {
    VersionId: version.versionId,
    CopyObjectResult: { ETag: `"${version.etag}"`, LastModified: toSecond(version.lastModified) },
  };
}

/** Each key is judged by itself, and refusals are part of the answer. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
function deleteMany(s3: ObjectStore, input: Input, at: Place): unknown {
  const bucket = s3.bucketAt(input.Bucket, at.region);
  const Deleted: unknown[] = [];
  const Errors: unknown[] = [];
  for (const item of input.Delete.Objects as Input[]) {
    const one = { ...item, Bucket: input.Bucket, BypassGovernanceRetention: input.BypassGovernanceRetention };
    try {
      requireAll(s3, deletePermissions(one), at);
      Deleted.push({ Key: item.Key, ...(s3.delete(bucket, deletion(one), at.caller) as object) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ Key: item.Key, VersionId: item.VersionId, Code: error.name, Message: error.message });
    }
  }
  return { ...(input.Delete.Quiet ? {} : { Deleted }), ...(Errors.length === 0 ? {} : { Errors }) };
}

function requireAll(s3: ObjectStore, permissions: Permission[], at: Place): void {
  for (const permission of permissions)
    if (s3.world.judge(at.caller, permission, at.region) !== undefined)
      throw new AwsError('AccessDenied', 'Access Denied', 403);
}
