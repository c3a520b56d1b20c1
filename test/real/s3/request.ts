import type { IncomingMessage } from 'node:http';
import { s3Host } from './s3-host.ts';

/** What somebody asks for, as far as its line and its Host tell. Of a whole bucket the key is empty. */
export type Asked = { method: string; bucket: string; key: string };

/** A request as moto shall have it: path-style, which it understands of every host. */
export type S3Request = Asked & {
  query: URLSearchParams;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
};

/** Between this server and the next only. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const OWN_TO_A_CONNECTION = ['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding'];

/**
 * All of its body is awaited: S3 never has a part of an object, so one that is broken off half-way is never sent on.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function s3Request(message: IncomingMessage): Promise<S3Request> {
  const { method = '', url = '/', headers } = message;
  const { host = '' } = headers;
  const leads = s3Host(host);
  const path = leads?.bucket === undefined ? url : `/${leads.bucket}${url}`;
  const [, bucket = '', key = ''] = /^\/([^/?]*)\/?([^?]*)/.exec(path) ?? [];
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const body = Buffer.concat(await message.toArray());
  const kept = Object.entries(headers).filter(([name]) => !OWN_TO_A_CONNECTION.includes(name));
  const asMotoKnows = leads === undefined ? host : `s3.${leads.region}.amazonaws.com`;
  return {
    ...{ method, bucket, key: decodeURIComponent(key), query, path, body },
    headers: { ...Object.fromEntries(kept), host: asMotoKnows, 'content-length': `${body.length}` },
  };
}
