import { ClusterApi } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { patientSend } from '../../../src/gateways/kubernetes/patient-send.ts';
import type { Wires } from '../../../src/gateways/wires.ts';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';

const TIMEOUT_MS = 20_000;
/** One who may do nothing but what a case grants. */
export const NOBODY = 'nobody-in-particular';

export type Answer = { status: number; body: KubeObject };
type Asking = { as?: string; type?: 'json' | 'merge' | 'strategic' | 'apply' };

/** A Kubernetes API: the twin's, or the real one. */
export type Server = {
  name: 'twin' | 'real';
  endpoint: string;
  certificateAuthority: string;
  token: string;
  send: Wires['send'];
  sleep(milliseconds: number): Promise<void>;
  /** Lets time pass until the work is done. */
  during<T>(work: () => Promise<T>): Promise<T>;
};

/** What one says to a server by. */
export type Reach = {
  /** The product's own gateway. */
  api: ClusterApi;
  /** What the gateway has no word for. */
  request(method: string, path: string, body?: unknown, asking?: Asking): Promise<Answer>;
  /** Asks again and again until there is an answer. */
  until<T>(ask: () => Promise<T | undefined>): Promise<T>;
};

/** A server, as a case sees it: with a namespace of its own. */
export type Place = Reach & { namespace: string };

const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export function reach(server: Server): Reach {
  const { endpoint, certificateAuthority, token, send } = server;
  const clock = { now: () => new Date(0), sleep: server.sleep };
  const api = new ClusterApi(
    { send, patientSend: patientSend({ send }, clock, { next: () => 0.5 }) },
    { name: server.name, endpoint, certificateAuthority },
    token,
    TIMEOUT_MS,
  );
  const request: Reach['request'] = async (method, path, body, { as, type = 'merge' } = {}) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': method === 'PATCH' ? PATCHES[type] : 'application/json',
      'user-agent': 'parity/1',
      ...(as !== undefined && { 'impersonate-user': as }),
    };
    const wanted = { method, url: `${endpoint}${path}`, headers, certificateAuthority, timeoutMs: TIMEOUT_MS };
    const answer = await send({ ...wanted, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: answer.body.startsWith('{') ? JSON.parse(answer.body) : answer.body };
  };
  const until: Reach['until'] = async (ask) => {
    for (let tries = 0; tries < 1000; tries++) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await server.sleep(50);
    }
    throw new Error('there was never an answer');
  };
  return { api, request, until };
}

export async function placeOn(server: Server, namespace: string): Promise<Place> {
  const place = { namespace, ...reach(server) };
  const { api, until } = place;
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await until(() => api.get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace }));
  return place;
}
