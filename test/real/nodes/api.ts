import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { liveWires } from '../../../src/gateways/live-wires.ts';
import type { Given } from './nodes.ts';

const TIMEOUT_MS = 20_000;

/** The API server said no. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A cluster's API as far as nodes speak it: whole lists, bindings, statuses, tokens. */
export class Api {
  readonly #server: Given['controlPlane'];

  constructor(server: Given['controlPlane']) {
    this.#server = server;
  }

  get(path: string): Promise<KubeObject> {
    return this.#send('GET', path);
  }

  async list(path: string): Promise<KubeObject[]> {
    return (await this.#send('GET', path)).items;
  }

  post(path: string, body: object): Promise<KubeObject> {
    return this.#send('POST', path, body);
  }

  merge(path: string, body: object): Promise<KubeObject> {
    return this.#send('PATCH', path, body, 'application/merge-patch+json');
  }

  /** Leaves conditions of other types as they are. */
  reportStatus(path: string, status: object): Promise<KubeObject> {
    return this.#send('PATCH', `${path}/status`, { status }, 'application/strategic-merge-patch+json');
  }

  /** At once, and only this very object. */
  delete(path: string, uid: string): Promise<KubeObject> {
    return this.#send('DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid } });
  }

  async #send(method: string, path: string, body?: object, type = 'application/json'): Promise<KubeObject> {
    const { endpoint, token, certificateAuthority } = this.#server;
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'user-agent': 'nodes/1' };
    const request = { method, url: `${endpoint}${path}`, headers, certificateAuthority, timeoutMs: TIMEOUT_MS };
    const answer = await liveWires.send({ ...request, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (answer.status > 299) throw new Refused(answer.status, `${method} ${path}: ${answer.body}`);
    return JSON.parse(answer.body);
  }
}

/** What the next tick does again: an object that has changed or gone meanwhile is no trouble, nor a server that has. */
export async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isPassing(error)) process.stderr.write(`nodes: ${error instanceof Error ? error.stack : error}\n`);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof Refused
    ? [404, 409, 429].includes(error.status) || error.status >= 500
    : error instanceof Error && /^(E[A-Z]+|TimeoutError)$/.test((error as { code?: string }).code ?? error.name);
