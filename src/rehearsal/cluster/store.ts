import type { Cancel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { ApiError, alreadyExists, conflict, notFound } from './api-error.ts';
import { getOrAdd } from './get-or-add.ts';
import type { KubeObject } from './host.ts';
import { Ownership } from './ownership.ts';
import { type Resource, Resources } from './resources.ts';
import { same } from './same.ts';
import { parseLabelSelector } from './selectors.ts';
import { changesGeneration, hasGeneration, podGrace, type RemoveOptions, withPropagation } from './write-rules.ts';

export type { RemoveOptions } from './write-rules.ts';

/** Names one object: `{ resource: 'deployments.apps', namespace: 'shop', name: 'web' }`. */
export type Ref = { resource: string; namespace?: string | undefined; name: string };

export type WatchEvent = {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: KubeObject;
  old?: KubeObject;
};

export type Listener = (event: WatchEvent) => void;

export type StoreGiven = { now(): number; random: Random; wake(): void };

const CLUSTER = '';
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The objects of a cluster, as etcd and the registry behind the API server keep them: identity, versions,
 * finalizers, owners. It neither defaults nor judges (that is the API's).
 *
 * Stored objects are never changed in place: whoever reads one gets the stored object itself and must not
 * write to it; whoever writes gives a new object, sharing what did not change, and gives it away.
 */
export class Store {
  readonly resources = new Resources();
  readonly #given: StoreGiven;
  readonly #objects = new Map<string, Map<string, Map<string, KubeObject>>>();
  readonly #ownership = new Ownership();
  readonly #listeners = new Map<string, Listener[]>();
  #pending: WatchEvent[] = [];
  #version = 1000;
  #second = -1;
  #timestamp = '';

  constructor(given: StoreGiven) {
    this.#given = given;
  }

  /** The resourceVersion of the newest write. */
  get version(): string {
    return String(this.#version);
  }

  get(ref: Ref): KubeObject | undefined {
    return this.#objects
      .get(ref.resource)
      ?.get(ref.namespace ?? CLUSTER)
      ?.get(ref.name);
  }

  byUid(uid: string): KubeObject | undefined {
    return this.#ownership.byUid(uid);
  }

  /** In order of creation within a namespace. */
  list(resource: string, { namespace, labelSelector }: { namespace?: string; labelSelector?: string } = {}) {
    const spaces = this.#objects.get(resource);
    if (spaces === undefined) return [];
    const found: KubeObject[] = [];
    if (namespace !== undefined) found.push(...(spaces.get(namespace)?.values() ?? []));
    else for (const space of spaces.values()) found.push(...space.values());
    if (labelSelector === undefined || labelSelector === '') return found;
    const selects = parseLabelSelector(labelSelector);
    return found.filter((object) => selects(object.metadata.labels));
  }

  /** Everything in a namespace, of every kind. */
  *inNamespace(namespace: string): Iterable<KubeObject> {
    for (const spaces of this.#objects.values()) {
      const space = spaces.get(namespace);
      if (space !== undefined && namespace !== CLUSTER) yield* space.values();
    }
  }

  /** Objects whose owner references name this uid, oldest first; of one resource, when given. */
  dependents(uid: string, resource?: string): KubeObject[] {
    const all = this.#ownership.dependents(uid);
    return resource === undefined ? all : all.filter((object) => this.resources.of(object)?.key === resource);
  }

  /** The reference of an object that says its kind; NotFound, as for an unknown path, when it is not served. */
  refOf(object: KubeObject): Ref {
    return { resource: this.resourceOf(object).key, namespace: object.metadata.namespace, name: object.metadata.name };
  }

  resourceOf(object: { apiVersion?: string; kind?: string }): Resource {
    const resource = this.resources.of(object);
    if (resource !== undefined) return resource;
    throw new ApiError('NotFound', 'the server could not find the requested resource');
  }

  /** Gives uid, resourceVersion, generation, creationTimestamp, and a name from generateName. */
  create(object: KubeObject): KubeObject {
    const resource = this.resourceOf(object);
    const given = object.metadata;
    const name: string = given.name ?? this.#generateName(given.generateName);
    const {
      deletionTimestamp: _ended,
      deletionGracePeriodSeconds: _grace,
      selfLink: _link,
      generation: _old,
      ...kept
    } = given;
    const metadata = {
      ...kept,
      name,
      uid: this.#uid(),
      resourceVersion: this.#nextVersion(),
      ...(hasGeneration(resource) && { generation: 1 }),
      creationTimestamp: this.timestamp(),
    };
    if (!resource.namespaced) delete metadata.namespace;
    const space = this.#space(resource.key, metadata.namespace ?? CLUSTER);
    if (space.has(name)) throw alreadyExists(resource.key, name);
    const created = { ...object, metadata };
    space.set(name, created);
    this.#ownership.set(created);
    this.#tell({ type: 'ADDED', resource: resource.key, object: created });
    return created;
  }

  /**
   * Replaces the object. A resourceVersion in it must be the current one; without one, the last writer wins.
   * Writing what is there already changes nothing and tells nobody. An object that is being deleted is gone
   * once its last finalizer is.
   */
  update(object: KubeObject): KubeObject {
    const resource = this.resourceOf(object);
    const ref = this.refOf(object);
    const current = this.get(ref);
    if (current === undefined) throw notFound(resource.key, ref.name);
    const version = object.metadata.resourceVersion;
    if (version !== undefined && version !== current.metadata.resourceVersion) throw conflict(resource.key, ref.name);
    const { uid, creationTimestamp, generation, resourceVersion, deletionTimestamp } = current.metadata;
    const metadata = { ...object.metadata, uid, creationTimestamp, resourceVersion };
    if (generation === undefined) delete metadata.generation;
    else metadata.generation = generation;
    if (deletionTimestamp !== undefined) metadata.deletionTimestamp = deletionTimestamp;
    else delete metadata.deletionTimestamp;
    const next = { ...object, metadata };
    if (same(next, current)) return current;
    if (generation !== undefined && changesGeneration(resource, next, current)) metadata.generation = generation + 1;
    return this.#replace(resource, next, current);
  }

  /** Replaces the object by what `change` makes of it. */
  patch(ref: Ref, change: (current: KubeObject) => KubeObject): KubeObject {
    const current = this.get(ref);
    if (current === undefined) throw notFound(ref.resource, ref.name);
    return this.update(change(current));
  }

  /** Merges members into the object's status. Does nothing when the object is gone. */
  setStatus(object: KubeObject, status: KubeObject): KubeObject | undefined {
    const current = this.#ownership.byUid(object.metadata.uid);
    if (current === undefined) return undefined;
    return this.update({ ...current, status: { ...current.status, ...status } });
  }

  /**
   * Deletes, as far as grace and finalizers let it: answers the object while it is still there, undefined when
   * it is gone. Dependents are the garbage collector's, contents of a namespace the namespace controller's.
   */
  remove(ref: Ref, { propagation, gracePeriodSeconds }: RemoveOptions = {}): KubeObject | undefined {
    const current = this.get(ref);
    if (current === undefined) throw notFound(ref.resource, ref.name);
    const resource = this.resourceOf(current);
    const finalizers = withPropagation(current.metadata.finalizers ?? [], propagation);
    const grace = ref.resource === 'pods' ? podGrace(current, gracePeriodSeconds) : 0;
    const awaited = finalizers.length > 0 || grace > 0 || current.spec?.finalizers?.length > 0;
    if (!awaited) return this.#purge(resource, current);
    const earlier = current.metadata.deletionGracePeriodSeconds;
    const sooner = earlier === undefined || grace < earlier;
    if (current.metadata.deletionTimestamp !== undefined && !sooner) return current;
    const metadata = {
      ...current.metadata,
      deletionTimestamp: this.timestamp(grace * 1000),
      ...(ref.resource === 'pods' && { deletionGracePeriodSeconds: grace }),
    };
    if (finalizers.length > 0) metadata.finalizers = finalizers;
    const next = { ...current, metadata };
    if (ref.resource === 'namespaces') next.status = { ...current.status, phase: 'Terminating' };
    return this.#replace(resource, next, current);
  }

  /** `resource` is a key such as `jobs.batch`, or `*`. Listeners run in an event of their own, never within the write. */
  watch(resource: string, listener: Listener): Cancel {
    const listeners = getOrAdd(this.#listeners, resource, () => []);
    listeners.push(listener);
    return () => {
      const index = listeners.indexOf(listener);
      if (index >= 0) listeners.splice(index, 1);
    };
  }

  /** Tells the listeners what was written since; answers whether there was anything. The cluster's own loop calls it. */
  deliver(): boolean {
    if (this.#pending.length === 0) return false;
    const events = this.#pending;
    this.#pending = [];
    for (const event of events) {
      for (const listener of this.#listeners.get(event.resource) ?? []) listener(event);
      for (const listener of this.#listeners.get('*') ?? []) listener(event);
    }
    return true;
  }

  /** The time now, or `laterMs` from now, as objects write it. */
  timestamp(laterMs = 0): string {
    const second = Math.floor((this.#given.now() + laterMs) / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#timestamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    }
    return this.#timestamp;
  }

  #replace(resource: Resource, next: KubeObject, current: KubeObject): KubeObject {
    next.metadata.resourceVersion = this.#nextVersion();
    const { name, namespace, deletionTimestamp, finalizers } = next.metadata;
    this.#space(resource.key, namespace ?? CLUSTER).set(name, next);
    this.#ownership.set(next, current);
    this.#tell({ type: 'MODIFIED', resource: resource.key, object: next, old: current });
    const free = deletionTimestamp !== undefined && !finalizers?.length && !next.spec?.finalizers?.length;
    if (free && !(next.metadata.deletionGracePeriodSeconds > 0)) this.#purge(resource, next);
    return next;
  }

  #purge(resource: Resource, object: KubeObject): undefined {
    this.#objects
      .get(resource.key)
      ?.get(object.metadata.namespace ?? CLUSTER)
      ?.delete(object.metadata.name);
    this.#ownership.delete(object);
    this.#tell({ type: 'DELETED', resource: resource.key, object, old: object });
  }

  #tell(event: WatchEvent): void {
    if (this.#pending.push(event) === 1) this.#given.wake();
  }

  #space(resource: string, namespace: string): Map<string, KubeObject> {
    const spaces = getOrAdd(this.#objects, resource, () => new Map<string, Map<string, KubeObject>>());
    return getOrAdd(spaces, namespace, () => new Map());
  }

  #nextVersion(): string {
    return String(++this.#version);
  }

  #uid(): string {
    const digits = this.#given.random.hex(32);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
  }

  #generateName(prefix: string): string {
    let name = prefix;
    for (let i = 0; i < 5; i++) name += SUFFIX_LETTERS[this.#given.random.below(SUFFIX_LETTERS.length)];
    return name;
  }
}
