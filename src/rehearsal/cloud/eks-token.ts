import { createHmac, hash } from 'node:crypto';
import type { World } from './world.ts';

const PREFIX = 'k8s-aws-v1.';
/** https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go (tokens live 15 minutes) */
const LIFETIME_MS = 15 * 60_000;
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** The only query parameters that may be there, in lower case. */
const PARAMETERS: ReadonlySet<string> = new Set([
  ...['action', 'version', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires'],
  ...['x-amz-security-token', 'x-amz-signature', 'x-amz-signedheaders', 'x-amz-user-agent', 'x-amz-content-sha256'],
]);

export type TokenVerdict = { roleArn: string; sessionName: string } | { problem: string };

/**
 * Who a bearer token speaks for: a presigned GetCallerIdentity of a regional STS endpoint that names the cluster in
 * a signed header. EKS asks that endpoint, so it must be reachable from the cluster.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#how-does-it-work
 */
export function verifyToken(world: World, token: string, cluster: { name: string; region: string }): TokenVerdict {
  if (!token.startsWith(PREFIX)) return { problem: 'the token does not begin with k8s-aws-v1.' };
  const known = knownIn(world);
  const read = known.read.get(token) ?? readToken(token);
  if (read === undefined) return { problem: 'the token holds no URL' };
  known.read.set(token, read);
  const { url, query } = read;
  const problem = read.problem ?? timeProblem(query, world.kernel.now) ?? stsProblem(world, url, cluster.region);
  if (problem !== undefined) return { problem };
  const [accessKey = ''] = query.get('x-amz-credential')?.split('/') ?? [];
  const roleArn = world.credentials.get(accessKey);
  if (roleArn === undefined) return { problem: 'the security token included in the request is invalid' };
  const secret = world.secretKeys.get(accessKey);
  if (secret !== undefined && !isSigned(known, token, read, cluster.name, secret))
    return { problem: `the signature is not one for the cluster ${cluster.name}` };
  return { roleArn, sessionName: accessKey };
}

/** What a token says, and what is wrong with that at any time. */
type Read = { url: URL; query: Map<string, string>; problem: string | undefined };
/** A token is used many times: what it says does not change, nor does a signature that was found right. */
type Known = { read: Map<string, Read>; signed: Set<string> };

const knownByWorld = new WeakMap<World, Known>();

function knownIn(world: World): Known {
  const known = knownByWorld.get(world) ?? { read: new Map(), signed: new Set() };
  knownByWorld.set(world, known);
  return known;
}

function readToken(token: string): Read | undefined {
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString();
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  return { url, query, problem: urlProblem(url, query) };
}

function isSigned({ signed }: Known, token: string, { url, query }: Read, cluster: string, secret: string): boolean {
  const name = `${cluster} ${token}`;
  if (signed.has(name)) return true;
  if (signatureOf(url, query, cluster, secret) !== query.get('x-amz-signature')) return false;
  signed.add(name);
  return true;
}

function urlProblem(url: URL, query: Map<string, string>): string | undefined {
  if (url.protocol !== 'https:' || url.pathname !== '/') return 'the URL is not one of STS';
  if (stsRegion(url) === undefined) return `unexpected hostname ${url.hostname} in pre-signed URL`;
  if (query.get('action') !== 'GetCallerIdentity') return 'unexpected action parameter in pre-signed URL';
  for (const name of query.keys()) if (!PARAMETERS.has(name)) return `non-whitelisted query parameter ${name}`;
  const signed = query.get('x-amz-signedheaders')?.split(';') ?? [];
  if (!signed.includes('host') || !signed.includes('x-k8s-aws-id'))
    return 'client did not sign the x-k8s-aws-id header in the pre-signed URL';
  const scope = query.get('x-amz-credential')?.split('/') ?? [];
  const fits = scope[2] === stsRegion(url) && scope[3] === 'sts' && scope[4] === 'aws4_request';
  return fits ? undefined : 'the credential is scoped to another service or region';
}

function timeProblem(query: Map<string, string>, now: number): string | undefined {
  const expires = Number(query.get('x-amz-expires'));
  if (!(expires >= 0 && expires <= LIFETIME_MS / 1000)) return 'invalid X-Amz-Expires parameter in pre-signed URL';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('x-amz-date') ?? '') ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedAt)) return 'error parsing X-Amz-Date parameter';
  if (now - signedAt > LIFETIME_MS) return `X-Amz-Date parameter is expired (${new Date(signedAt).toISOString()})`;
  return signedAt - now > MAX_CLOCK_SKEW_MS ? 'the token is signed in the future' : undefined;
}

/** The global endpoint is us-east-1's. https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */
function stsRegion(url: URL): string | undefined {
  if (url.hostname === 'sts.amazonaws.com') return 'us-east-1';
  return /^sts\.([a-z0-9-]+)\.amazonaws\.com$/.exec(url.hostname)?.[1];
}

function stsProblem(world: World, url: URL, clusterRegion: string): string | undefined {
  const region = stsRegion(url) ?? '';
  if (!world.network.reaches(clusterRegion, region)) return `error during GET to ${url.hostname}`;
  const strikes = world.faults.strike({ service: 'sts', operation: 'GetCallerIdentity', region });
  return strikes.some(({ kind }) => kind === 'error' || kind === 'throttle') ? `error from ${url.hostname}` : undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(url: URL, query: Map<string, string>, clusterName: string, secret: string): string {
  const canonicalQuery = [...url.searchParams]
    .filter(([name]) => name.toLowerCase() !== 'x-amz-signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const headers: Record<string, string> = { host: url.host, 'x-k8s-aws-id': clusterName };
  const signedHeaders = query.get('x-amz-signedheaders') ?? '';
  const canonicalHeaders = signedHeaders
    .split(';')
    .map((name) => `${name}:${headers[name] ?? ''}\n`)
    .join('');
  const canonical = ['GET', '/', canonicalQuery, canonicalHeaders, signedHeaders, EMPTY_SHA256].join('\n');
  const [, ...scope] = query.get('x-amz-credential')?.split('/') ?? [];
  const digest = hash('sha256', canonical);
  const toSign = ['AWS4-HMAC-SHA256', query.get('x-amz-date'), scope.join('/'), digest].join('\n');
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of [...scope, toSign]) key = createHmac('sha256', key).update(part).digest();
  return Buffer.from(key).toString('hex');
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
