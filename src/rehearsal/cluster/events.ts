import type { KubeObject } from './host.ts';
import type { Store } from './store.ts';

/** The Events that tell why something does not happen: one per object and reason, counted up. */
export class Events {
  readonly #store: Store;
  readonly #known = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  warn(about: KubeObject, reason: string, message: string): void {
    this.#record(about, 'Warning', reason, message);
  }

  normal(about: KubeObject, reason: string, message: string): void {
    this.#record(about, 'Normal', reason, message);
  }

  #record(about: KubeObject, type: string, reason: string, message: string): void {
    const store = this.#store;
    const { name, namespace = 'default', uid } = about.metadata;
    const key = `${uid}/${reason}`;
    const known = this.#known.get(key);
    const current = known === undefined ? undefined : store.byUid(known);
    if (current?.message === message) {
      store.update({ ...current, count: current.count + 1, lastTimestamp: store.timestamp() });
      return;
    }
    if (store.get({ resource: 'namespaces', name: namespace })?.metadata.deletionTimestamp !== undefined) return;
    const created = store.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${name}.`, namespace },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: store.timestamp(),
      lastTimestamp: store.timestamp(),
    });
    this.#known.set(key, created.metadata.uid);
  }
}
