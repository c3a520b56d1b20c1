import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** The credentials that Lambda puts into a function's environment. */
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** As aws-iam-authenticator does; the token itself is accepted for 15 minutes. https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster */
const EXPIRES_SECONDS = 60;

/**
 * The bearer token by which EKS knows an IAM role: a presigned GetCallerIdentity of the *regional* STS endpoint (the
 * global one is us-east-1's), with the cluster's name among the signed headers.
 */
export async function eksToken(cluster: string, region: string, credentials: Credentials, now: Date): Promise<string> {
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const hostname = `sts.${region}.amazonaws.com`;
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname, 'x-k8s-aws-id': cluster },
  };
  const signed = await signer.presign(request, {
    expiresIn: EXPIRES_SECONDS,
    signingDate: now,
    unhoistableHeaders: new Set(['x-k8s-aws-id']),
  });
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString('base64url')}`;
}

/** SHA-256 as the signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('a digest is used once');
  }
}
