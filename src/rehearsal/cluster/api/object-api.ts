import { ApiError, alreadyExists, invalid, notFound } from '../api-error.ts';
import type { ControlPlane, ObjectApi, WriteOptions } from '../control-plane.ts';
import type { Identity, KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import type { Ref, RemoveOptions } from '../store.ts';
import { admit, checkNamespace } from './admission.ts';
import { apply } from './apply.ts';
import { authorize } from './authorization.ts';
import { withDefaults } from './defaults.ts';
import { recordManager } from './field-managers.ts';
import { checkUnchangeable } from './immutable-fields.ts';
import { type PatchType, patched } from './patch.ts';
import { keepPriority, withPriority } from './priority.ts';
import { validate } from './validation.ts';
import { asStored } from './versions.ts';

export class ApiServerObjects implements ObjectApi {
  readonly #cluster: ControlPlane;

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
  }

  get(ref: Ref, { by }: { by?: Identity } = {}): KubeObject {
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'get', ...ref });
    const object = this.#cluster.store.get(ref);
    if (object === undefined) throw notFound(ref.resource, ref.name);
    return object;
  }

  create(given: KubeObject, { by, manager, dryRun }: WriteOptions = {}): KubeObject {
    const { store } = this.#cluster;
    const object = asStored(given);
    const resource = store.resourceOf(object);
    const { name, namespace } = placed(resource, object).metadata;
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'create', resource: resource.key, namespace });
    checkNamespace(this.#cluster, resource, namespace, name);
    const filled = withDefaults(this.#cluster, resource, withoutStatus(resource, placed(resource, object)));
    const complete = resource.key === 'pods' && filled.spec ? withPriority(this.#cluster, filled) : filled;
    admit(this.#cluster, 'CREATE', resource, complete);
    validate(this.#cluster, resource, complete);
    if (name !== undefined && store.get({ resource: resource.key, namespace, name }))
      throw alreadyExists(resource.key, name);
    const managed =
      manager === undefined ? complete : recordManager(resource, manager, complete, undefined, store.timestamp());
    return dryRun ? managed : store.create(managed);
  }

  replace(given: KubeObject, { by, manager, dryRun, subresource }: WriteOptions = {}): KubeObject {
    const { store } = this.#cluster;
    const object = asStored(given);
    const resource = store.resourceOf(object);
    const ref = { ...store.refOf(placed(resource, object)), resource: resource.key };
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'update', subresource, ...ref });
    const current = this.get(ref);
    return this.#write(resource, current, object, { manager, dryRun, subresource });
  }

  patch(ref: Ref, type: PatchType, patch: KubeObject, { by, ...options }: WriteOptions = {}): KubeObject {
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'patch', subresource: options.subresource, ...ref });
    const current = this.get(ref);
    const resource = this.#cluster.store.resourceOf(current);
    return this.#write(resource, current, patched(resource, current, type, patch), options);
  }

  apply(object: KubeObject, { by, manager, dryRun, force }: WriteOptions & { force?: boolean } = {}): KubeObject {
    const { store } = this.#cluster;
    const resource = store.resourceOf(object);
    const applied = placed(resource, asStored(object));
    const ref = { ...store.refOf(applied), resource: resource.key };
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'patch', ...ref });
    if (!manager)
      throw invalid('PatchOptions.meta.k8s.io', '', ['fieldManager', 'Required value: is required for apply patch']);
    const current = store.get(ref);
    const merged = apply(resource, applied, current, manager, force === true, store.timestamp());
    if (current === undefined) return this.create(merged, { by, dryRun });
    return this.#write(resource, current, merged, { dryRun });
  }

  remove(ref: Ref, { by, ...options }: RemoveOptions & { by?: Identity } = {}): KubeObject | undefined {
    if (by !== undefined) authorize(this.#cluster, by, { verb: 'delete', ...ref });
    const current = this.get(ref);
    const resource = this.#cluster.store.resourceOf(current);
    admit(this.#cluster, 'DELETE', resource, current);
    return this.#cluster.store.remove(ref, options);
  }

  #write(resource: Resource, current: KubeObject, wanted: KubeObject, options: WriteOptions): KubeObject {
    const { store } = this.#cluster;
    const { manager, dryRun, subresource } = options;
    const next = onlyWhatMayChange(resource, current, wanted, subresource);
    const filled = subresource === 'status' && !resource.custom ? next : withDefaults(this.#cluster, resource, next);
    const complete = resource.key === 'pods' ? keepPriority(filled, current) : filled;
    admit(this.#cluster, 'UPDATE', resource, complete, subresource);
    if (subresource !== 'status') {
      validate(this.#cluster, resource, complete);
      checkUnchangeable(resource, complete, current);
    }
    const managed =
      manager === undefined ? complete : recordManager(resource, manager, complete, current, store.timestamp());
    return dryRun ? managed : store.update(managed);
  }
}

/** In its namespace, `default` when it says none, and without one where the resource has none. */
function placed(resource: Resource, object: KubeObject): KubeObject {
  const metadata = object.metadata ?? {};
  if (resource.namespaced === (metadata.namespace !== undefined) && object.metadata) return object;
  const { namespace, ...rest } = metadata;
  return { ...object, metadata: resource.namespaced ? { namespace: namespace ?? 'default', ...rest } : rest };
}

/** A status subresource takes no status from a creation. */
function withoutStatus(resource: Resource, object: KubeObject): KubeObject {
  if (object.status === undefined || !resource.subresources.includes('status')) return object;
  const { status: _status, ...rest } = object;
  return rest;
}

/** A write of the object leaves its status, a write of its status leaves the rest. */
function onlyWhatMayChange(resource: Resource, current: KubeObject, wanted: KubeObject, subresource?: string) {
  const { resourceVersion, uid } = wanted.metadata;
  if (uid !== undefined && uid !== current.metadata.uid)
    throw new ApiError(
      'Conflict',
      `Operation cannot be fulfilled on ${resource.key} "${current.metadata.name}": Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  if (subresource === 'status') {
    const metadata = resourceVersion === undefined ? current.metadata : { ...current.metadata, resourceVersion };
    return { ...current, metadata, status: wanted.status };
  }
  if (!resource.subresources.includes('status')) return wanted;
  const next = { ...wanted };
  if (current.status === undefined) delete next.status;
  else next.status = current.status;
  return next;
}
