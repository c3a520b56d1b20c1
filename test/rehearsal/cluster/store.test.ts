import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { Store, type WatchEvent } from '../../../src/rehearsal/cluster/store.ts';
import { Random } from '../../../src/rehearsal/kernel/random.ts';

const configMap = (name: string, rest: KubeObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  ...rest,
});

function storeAt(seed = 'store') {
  let woken = 0;
  const store = new Store({ now: () => 1_000_000, random: new Random(seed), wake: () => woken++ });
  return { store, woken: () => woken };
}

const ref = (name: string) => ({ resource: 'configmaps', namespace: 'shop', name });

describe('the store', () => {
  it('gives an object its identity', () => {
    const { store } = storeAt();
    const { metadata } = store.create(configMap('a'));
    expect(metadata).toMatchObject({ creationTimestamp: '1970-01-01T00:16:40Z' });
    expect(metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(store.get(ref('a'))?.metadata).toBe(metadata);
  });

  it('gives the same identities for the same seed, and others for another', () => {
    const uidOf = (seed: string) => storeAt(seed).store.create(configMap('a')).metadata.uid;
    expect(uidOf('one')).toBe(uidOf('one'));
    expect(uidOf('one')).not.toBe(uidOf('two'));
  });

  it('refuses a second object of the same name', () => {
    const { store } = storeAt();
    store.create(configMap('a'));
    expect(() => store.create(configMap('a'))).toThrow('configmaps "a" already exists');
  });

  it('refuses an update of a version that is not the current one, and takes one without a version', () => {
    const { store } = storeAt();
    const first = store.create(configMap('a', { data: { x: '1' } }));
    store.update({ ...first, data: { x: '2' } });
    expect(() => store.update({ ...first, data: { x: '3' } })).toThrow('the object has been modified');
    expect(store.update(configMap('a', { data: { x: '4' } })).data.x).toBe('4');
  });

  it('never changes an object that it gave out', () => {
    const { store } = storeAt();
    const first = store.create(configMap('a', { data: { x: '1' } }));
    const before = JSON.stringify(first);
    store.update({ ...first, data: { x: '2' } });
    store.remove(ref('a'));
    expect(JSON.stringify(first)).toBe(before);
  });

  it('counts generations by what is wanted, not by status or metadata', () => {
    const { store } = storeAt();
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { a: 1 },
      status: {},
    };
    const first = store.create(pod);
    const second = store.update({ ...first, status: { phase: 'Running' } });
    expect(second.metadata.generation).toBe(1);
    expect(store.update({ ...second, spec: { a: 2 } }).metadata.generation).toBe(2);
  });

  it('takes a write that changes nothing as none', () => {
    const { store } = storeAt();
    const first = store.create(configMap('a', { data: { x: '1' } }));
    const events: WatchEvent[] = [];
    store.deliver();
    store.watch('configmaps', (event) => events.push(event));
    expect(store.update({ ...first, data: { x: '1' } })).toBe(first);
    store.deliver();
    expect(events).toEqual([]);
  });

  it('tells watchers afterwards, never within the write, and wakes the cluster once', () => {
    const { store, woken } = storeAt();
    const told: string[] = [];
    store.watch('configmaps', ({ type, object, old }) => told.push(`${type} ${object.metadata.name} ${old?.data?.x}`));
    const first = store.create(configMap('a', { data: { x: '1' } }));
    store.update({ ...first, data: { x: '2' } });
    store.remove(ref('a'));
    expect(told).toEqual([]);
    expect(woken()).toBe(1);
    store.deliver();
    expect(told).toEqual(['ADDED a undefined', 'MODIFIED a 1', 'DELETED a 2']);
  });

  it('keeps an object with finalizers until the last of them is gone', () => {
    const { store } = storeAt();
    const kept = configMap('a');
    kept.metadata.finalizers = ['lifeguard'];
    store.create(kept);
    const leaving = store.remove(ref('a'));
    expect(leaving?.metadata.deletionTimestamp).toBe('1970-01-01T00:16:40Z');
    store.update({ ...leaving, metadata: { ...leaving?.metadata, finalizers: [] } });
    expect(store.get(ref('a'))).toBeUndefined();
  });

  it('finds objects by namespace, label and owner', () => {
    const { store } = storeAt();
    const owner = store.create(configMap('owner'));
    const labelled = configMap('b');
    labelled.metadata.labels = { app: 'web', tier: 'front' };
    labelled.metadata.ownerReferences = [{ uid: owner.metadata.uid, kind: 'ConfigMap', name: 'owner' }];
    const created = store.create(labelled);
    expect(store.list('configmaps', { namespace: 'shop' })).toHaveLength(2);
    expect(store.list('configmaps', { namespace: 'other' })).toEqual([]);
    expect(store.list('configmaps', { labelSelector: 'app in (web, api),tier!=back,!old' })).toEqual([created]);
    expect(store.dependents(owner.metadata.uid)).toEqual([created]);
    expect(store.dependents(owner.metadata.uid, 'secrets')).toEqual([]);
  });
});
