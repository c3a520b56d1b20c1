import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiResponse, Identity, KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import type { ControlPlane } from '../kubernetes/control-plane.ts';

const TIMEOUT_MS = 30_000;
const RETRY_MS = 1_000;

export type Asked = {
  method: string;
  /** With its query. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** For whom it is asked; the cluster's administrator by default. */
  identity?: Identity;
};

/** A real API server, asked over connections that are kept. Rejects when nobody answers. */
export class RealApi {
  readonly #plane: ControlPlane;
  readonly #agent: Agent;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#agent = new Agent({ keepAlive: true, ca: Buffer.from(plane.certificateAuthority, 'base64') });
  }

  /**
   * As an authenticating proxy asks: who it is has been found out already.
   * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
   */
  ask({ method, path, headers = {}, body, identity }: Asked): Promise<ApiResponse> {
    const sent = {
      ...kept(headers),
      authorization: `Bearer ${this.#plane.token}`,
      ...(identity && { 'impersonate-user': identity.username, 'impersonate-group': identity.groups }),
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    };
    const options = { method, headers: sent, agent: this.#agent, signal: AbortSignal.timeout(TIMEOUT_MS) };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#plane.endpoint}${path}`, options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = incoming.headers['content-type']?.includes('json') === true;
          resolve({ status: incoming.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async list(path: string): Promise<KubeObject[]> {
    const { status, body } = await this.ask({ method: 'GET', path });
    // A kind that was defined a moment ago: "storage is (re)initializing".
    if (status === 429) {
      await pause(RETRY_MS);
      return this.list(path);
    }
    // A kind that nobody has defined yet has no objects.
    if (status === 404) return [];
    if (status !== 200) throw new Error(`GET ${path}: ${JSON.stringify(body)}`);
    return body.items;
  }

  /** Creates what is not there, and leaves alone what is. */
  async create(path: string, object: KubeObject): Promise<void> {
    const body = JSON.stringify(object);
    const answer = await this.ask({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body });
    if (answer.status >= 300 && answer.status !== 409)
      throw new Error(`POST ${path} ${object.metadata.name}: ${answer.body?.message ?? JSON.stringify(answer.body)}`);
  }

  async merge(path: string, patch: KubeObject): Promise<void> {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const answer = await this.ask({ method: 'PATCH', path, headers, body: JSON.stringify(patch) });
    if (answer.status >= 300 && answer.status !== 404)
      throw new Error(`PATCH ${path}: ${answer.body?.message ?? JSON.stringify(answer.body)}`);
  }

  end(): void {
    this.#agent.destroy();
  }
}

/** Of what a client sent, what concerns the request itself. */
function kept(headers: Record<string, string>): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(own.filter(([name]) => ['content-type', 'accept', 'user-agent'].includes(name)));
}
