import {
  ApiException,
  createConfiguration,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import { TemporaryFailure } from '../../domain/errors.ts';
import type { Wires } from '../wires.ts';

/** Any Kubernetes object; each caller reads what it knows of its kind. */
// biome-ignore lint/suspicious/noExplicitAny: objects are open, and custom resources have no type here
export type KubeObject = KubernetesObject & Record<string, any>;

export type ObjectRef = { apiVersion: string; kind: string; name: string; namespace?: string };

/** `resource` is the kind's plural, as paths and Velero's rules name it. */
export type ListedKind = { apiVersion: string; kind: string; resource: string; namespaced: boolean };

export type ClusterAddress = { name: string; endpoint: string; certificateAuthority: string };

/** `patientSend` sends again what the server was too busy for; `send` takes its first word. */
export type ClusterWire = { send: Wires['send']; patientSend: Wires['send'] };

/** Whose fields these are, in server-side apply. */
const FIELD_MANAGER = 'lifeboat';
const PAGE = 500;

/**
 * Answers are the API's own JSON: the client would copy each object by the types it knows, which leaves out fields that
 * are newer than it, renames some, makes Dates of texts, and takes most of the time of a long list.
 */
class OpenObjectApi extends KubernetesObjectApi {
  protected override async processResponse<T extends KubernetesObject>(response: ResponseContext): Promise<T> {
    const { httpStatusCode: status, headers } = response;
    if (status < 200 || status > 299)
      throw new ApiException(status, 'Unsuccessful HTTP Request', await response.getBodyAsAny(), headers);
    return JSON.parse(await response.body.text());
  }
}

/** A cluster's API. Objects of ours are applied server-side, so that doing it twice changes nothing. */
export class ClusterApi {
  readonly #objects: KubernetesObjectApi;
  readonly #get: (path: string, send: Wires['send']) => Promise<{ status: number; body: string }>;
  readonly #wire: ClusterWire;
  readonly #name: string;

  constructor(wire: ClusterWire, cluster: ClusterAddress, token: string, timeoutMs: number) {
    this.#name = cluster.name;
    const common = { timeoutMs, certificateAuthority: cluster.certificateAuthority };
    const httpApi = wrapHttpLibrary({
      async send(request: RequestContext) {
        const body = request.getBody();
        const {
          status,
          headers,
          body: text,
        } = await wire.patientSend({
          ...common,
          method: request.getHttpMethod(),
          url: request.getUrl(),
          headers: request.getHeaders(),
          ...(typeof body === 'string' && { body }),
        });
        const bytes = () => Promise.resolve(Buffer.from(text));
        return new ResponseContext(status, headers, {
          text: () => Promise.resolve(text),
          binary: bytes,
          stream: () => null,
        });
      },
    });
    this.#wire = wire;
    this.#get = (path, send) =>
      send({
        ...common,
        method: 'GET',
        url: `${cluster.endpoint}${path}`,
        headers: { authorization: `Bearer ${token}` },
      });
    const bearer = {
      getName: () => 'bearer',
      applySecurityAuthentication: (request: RequestContext) =>
        request.setHeaderParam('Authorization', `Bearer ${token}`),
    };
    const baseServer = new ServerConfiguration(cluster.endpoint, {});
    this.#objects = new OpenObjectApi(createConfiguration({ baseServer, httpApi, authMethods: { default: bearer } }));
  }

  /** Whether the API server says that it can serve. False, too, when nobody answers. */
  async ready(): Promise<boolean> {
    try {
      return (await this.#get('/readyz', this.#wire.send)).status === 200;
    } catch {
      return false;
    }
  }

  /** Undefined when there is no such object, or when the cluster does not know its kind. */
  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return this.#orAbsent(() => this.#objects.read<KubernetesObject>(target(ref) as never) as Promise<KubeObject>);
  }

  /** Every object of a kind, over all pages; none when the cluster does not know the kind. */
  async list(
    apiVersion: string,
    kind: string,
    where: { namespace?: string; labels?: string } = {},
  ): Promise<KubeObject[]> {
    const items: KubeObject[] = [];
    let from: string | undefined;
    do {
      const page = await this.#orAbsent(() =>
        this.#objects.list(
          apiVersion,
          kind,
          where.namespace,
          undefined,
          undefined,
          undefined,
          undefined,
          where.labels,
          PAGE,
          from,
        ),
      );
      items.push(...((page?.items ?? []) as KubeObject[]));
      from = (page?.metadata as { continue?: string } | undefined)?.continue || undefined;
    } while (from !== undefined);
    return items;
  }

  /** Makes the object what is given, as far as it is given; creates it when it is not there. */
  async apply(object: KubeObject): Promise<KubeObject> {
    return this.#translated(
      () =>
        this.#objects.patch(
          object,
          undefined,
          undefined,
          FIELD_MANAGER,
          true,
          PatchStrategy.ServerSideApply,
        ) as Promise<KubeObject>,
    );
  }

  /**
   * Creates the object, which has a name; answers false when one of that name is already there. That may be this very
   * call's own, when the server's answer was lost and the request was sent again.
   */
  async create(object: KubeObject): Promise<boolean> {
    try {
      await this.#translated(() => this.#objects.create(object, undefined, undefined, FIELD_MANAGER));
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 409) return false;
      throw error;
    }
  }

  /** A JSON merge patch. Answers false when there is no such object. */
  async merge(ref: ObjectRef, patch: Record<string, unknown>): Promise<boolean> {
    const done = await this.#orAbsent(
      () =>
        this.#objects.patch(
          { ...target(ref), ...patch } as KubeObject,
          undefined,
          undefined,
          FIELD_MANAGER,
          undefined,
          PatchStrategy.MergePatch,
        ) as Promise<KubeObject>,
    );
    return done !== undefined;
  }

  /** Deletes the object, and what it owns, in the background. Absent already is fine. */
  async delete(ref: ObjectRef): Promise<void> {
    await this.#orAbsent(() =>
      this.#objects.delete(target(ref) as never, undefined, undefined, undefined, undefined, 'Background'),
    );
  }

  /** The kinds that can be listed, as API discovery tells them; subresources left out. */
  async kinds(): Promise<ListedKind[]> {
    const groups = (await this.#json('/apis')) as { groups: { preferredVersion: { groupVersion: string } }[] };
    const versions = ['v1', ...groups.groups.map((group) => group.preferredVersion.groupVersion)];
    const lists = await Promise.all(
      versions.map((version) => this.#json(version === 'v1' ? '/api/v1' : `/apis/${version}`)),
    );
    return lists.flatMap((list, index) =>
      (list as { resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[] }).resources
        .filter((resource) => !resource.name.includes('/') && resource.verbs.includes('list'))
        .map(({ name, kind, namespaced }) => ({
          apiVersion: versions[index] ?? 'v1',
          kind,
          resource: name,
          namespaced,
        })),
    );
  }

  async #json(path: string): Promise<unknown> {
    const { status, body } = await this.#translated(() => this.#get(path, this.#wire.patientSend));
    if (status !== 200) throw this.#failure(status, body);
    return JSON.parse(body);
  }

  async #orAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#translated(call);
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      if (error instanceof Error && error.message.startsWith('Unrecognized API version and kind')) return undefined;
      throw error;
    }
  }

  async #translated<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiException)) {
        if (isNetworkError(error))
          throw new TemporaryFailure(`cluster ${this.#name} does not answer: ${(error as Error).message}`);
        throw error;
      }
      if (error.code === 404 || error.code === 409) throw error;
      throw this.#failure(error.code, JSON.stringify(error.body));
    }
  }

  #failure(status: number, body: string): Error {
    const message = `cluster ${this.#name} answers ${status}: ${body.slice(0, 500)}`;
    if (status >= 500 || status === 429) return new TemporaryFailure(message);
    return Object.assign(new Error(message), {
      name: status === 401 || status === 403 ? 'KubernetesAccessDenied' : 'KubernetesRefused',
    });
  }
}

const target = ({ apiVersion, kind, name, namespace }: ObjectRef): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

/** Node's socket errors and our wire's time-outs carry a code in capitals. */
const isNetworkError = (error: unknown): boolean =>
  error instanceof Error &&
  /^(E[A-Z]+|UND_ERR_[A-Z_]+|TimeoutError)$/.test((error as { code?: string }).code ?? error.name);
