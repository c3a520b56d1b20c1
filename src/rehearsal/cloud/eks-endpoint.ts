import type { ApiRequest, Identity } from '../cluster/host.ts';
import { Unreachable } from './aws-error.ts';
import { identityOf } from './eks-access.ts';
import type { AccessEntry, EksCluster } from './eks-cluster.ts';
import { verifyToken } from './eks-token.ts';
import type { HttpHost, HttpRequest, HttpResponse, World } from './world.ts';

/** Who asks without a token. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests */
const ANONYMOUS: Identity = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const JSON_HEADERS = { 'content-type': 'application/json' };

/** A cluster's API endpoint: knows the caller by the bearer token and access entries, then hands the request on. */
export function clusterEndpoint(
  world: World,
  cluster: EksCluster,
  entryOf: (roleArn: string) => AccessEntry | undefined,
): HttpHost {
  const { region } = cluster.settings;
  return {
    region,
    respond: async (request) => {
      refuseOutsiders(cluster);
      const strikes = world.faults.strike({ service: 'eks', operation: 'KubernetesApi', region });
      const delay = strikes.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0);
      if (delay > 0) await world.kernel.sleep(delay);
      if (strikes.some(({ kind }) => kind === 'error'))
        return status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
      if (strikes.some(({ kind }) => kind === 'throttle')) return tooManyRequests();
      const identity = authenticate(world, cluster, request, entryOf);
      return identity === undefined ? status(401, 'Unauthorized', 'Unauthorized') : serve(cluster, request, identity);
    },
  };
}

/**
 * Whoever calls from outside the network needs a public endpoint whose address list has room for them; callers here
 * are functions without an address of their own. https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 */
function refuseOutsiders(cluster: EksCluster): void {
  const { publicAccess, publicAccessCidrs } = cluster.settings;
  if (cluster.status !== 'ACTIVE' || !publicAccess || !publicAccessCidrs.includes('0.0.0.0/0'))
    throw new Unreachable(cluster.hostName);
}

function authenticate(
  world: World,
  cluster: EksCluster,
  request: HttpRequest,
  entryOf: (roleArn: string) => AccessEntry | undefined,
): Identity | undefined {
  const header = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (header === undefined) return ANONYMOUS;
  const verdict = verifyToken(world, header.replace(/^Bearer /i, ''), cluster.settings);
  const entry = 'problem' in verdict ? undefined : entryOf(verdict.roleArn);
  if ('roleArn' in verdict && entry !== undefined) return identityOf(entry, verdict.sessionName);
  const problem = 'problem' in verdict ? verdict.problem : `no access entry for ${verdict.roleArn}`;
  world.record('cluster refuses a token', { cluster: cluster.settings.name, problem });
  return undefined;
}

async function serve(cluster: EksCluster, request: HttpRequest, identity: Identity): Promise<HttpResponse> {
  const { simulated } = cluster;
  if (simulated === undefined) throw new Unreachable(cluster.hostName);
  const { method, url, headers, body } = request;
  const asked: ApiRequest = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    identity,
    ...(body === undefined ? {} : { body }),
  };
  const { status: code, body: answer } = await simulated.handle(asked);
  if (typeof answer === 'string') return { status: code, headers: { 'content-type': 'text/plain' }, body: answer };
  return { status: code, headers: JSON_HEADERS, body: JSON.stringify(answer) };
}

const status = (code: number, reason: string, message: string): HttpResponse => ({
  status: code,
  headers: JSON_HEADERS,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }),
});

/** API Priority and Fairness sends Retry-After, of one second at least. https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go */
const tooManyRequests = (): HttpResponse => {
  const message = 'the server has received too many requests and has asked us to try again later';
  const refusal = status(429, 'TooManyRequests', message);
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } };
};
