import type { S3Request } from './request.ts';
import type { Answer, Upstream } from './upstream.ts';
import type { Write } from './write.ts';

/** They are about a part of an object or a property of it. */
const NO_OBJECTS = ['acl', 'legal-hold', 'partNumber', 'restore', 'retention', 'select', 'tagging', 'uploads'];
/** Whoever wrote may have signed in the query; moto reads for anybody who has signed, and checks no signature. */
const SIGNED = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';

/** What a request does to objects when it is answered with success; `undefined`: nothing. */
export function operationOf({ method, key, query, headers }: S3Request): Write['operation'] | undefined {
  if (method === 'POST' && query.has('delete')) return 'DeleteObject';
  if (key === '' || NO_OBJECTS.some((name) => query.has(name))) return undefined;
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  if (method === 'POST' && query.has('uploadId')) return 'CompleteMultipartUpload';
  if (method === 'DELETE' && !query.has('uploadId')) return 'DeleteObject';
  return undefined;
}

/** What was written, of a request that moto answered. */
export async function writesOf(asked: S3Request, answer: Answer, moto: Upstream): Promise<Write[]> {
  const operation = operationOf(asked);
  if (operation === undefined || answer.status >= 300) return [];
  if (operation === 'DeleteObject') return removed(asked, answer);
  const { bucket, key, path } = asked;
  const versionId = `${answer.headers['x-amz-version-id'] ?? 'null'}`;
  const version = versionId === 'null' ? '' : `?versionId=${versionId}`;
  const headers = { host: asked.headers.host, authorization: SIGNED };
  const found = await moto.answer({ method: 'HEAD', path: `${path.split('?')[0]}${version}`, headers });
  const size = Number(found.headers['content-length'] ?? 0);
  const etag = `${found.headers.etag ?? ''}`.replaceAll('"', '');
  return [{ operation, bucket, key, versionId, size, etag, deleteMarker: false, replica: false }];
}

/** What was removed, one by one. moto tells of each object, also when it is asked to be quiet. */
function removed({ method, bucket, key, query }: S3Request, { headers, body }: Answer): Write[] {
  const gone = (name: string, versionId: string, deleteMarker: boolean): Write[] => {
    const write = { operation: 'DeleteObject', bucket, key: name, versionId, size: 0, etag: '' } as const;
    return versionId === '' ? [] : [{ ...write, deleteMarker, replica: false }];
  };
  if (method === 'DELETE') return gone(key, `${headers['x-amz-version-id'] ?? ''}`, !query.has('versionId'));
  const deleted = body.toString().matchAll(/<Deleted>(.*?)<\/Deleted>/gs);
  return [...deleted].flatMap(([, one = '']) => {
    const marker = textOf(one, 'DeleteMarkerVersionId');
    return gone(textOf(one, 'Key'), marker === '' ? textOf(one, 'VersionId') : marker, marker !== '');
  });
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function textOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (_, decimal, hexadecimal, word) => {
    if (word !== undefined) return ENTITIES[word] ?? '';
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal));
  });
}
