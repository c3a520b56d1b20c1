import { getOrAdd } from './get-or-add.ts';
import type { KubeObject } from './host.ts';

/** Who is who (uid), and who belongs to whom (owner references). */
export class Ownership {
  readonly #byUid = new Map<string, KubeObject>();
  readonly #dependents = new Map<string, Map<string, KubeObject>>();

  byUid(uid: string): KubeObject | undefined {
    return this.#byUid.get(uid);
  }

  /** Oldest first. */
  dependents(ownerUid: string): KubeObject[] {
    return [...(this.#dependents.get(ownerUid)?.values() ?? [])];
  }

  set(object: KubeObject, old?: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    this.#byUid.set(uid, object);
    for (const owner of old?.metadata.ownerReferences ?? [])
      if (!ownerReferences?.some((kept: KubeObject) => kept.uid === owner.uid)) this.#drop(owner.uid, uid);
    for (const owner of ownerReferences ?? []) {
      getOrAdd(this.#dependents, owner.uid, () => new Map<string, KubeObject>()).set(uid, object);
    }
  }

  delete(object: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    this.#byUid.delete(uid);
    for (const owner of ownerReferences ?? []) this.#drop(owner.uid, uid);
  }

  #drop(ownerUid: string, uid: string): void {
    const dependents = this.#dependents.get(ownerUid);
    if (dependents?.delete(uid) && dependents.size === 0) this.#dependents.delete(ownerUid);
  }
}
