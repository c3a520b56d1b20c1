import type { KubeObject } from '../../host.ts';
import type { ArchivedItem } from '../backup/archive.ts';
import type { Operation } from '../item-operations.ts';
import type { Results } from '../results.ts';
import type { Server } from '../server.ts';
import type { ResourceModifiers } from './resource-modifiers.ts';
import type { RestoreScope } from './scope.ts';
import type { VolumeBackups } from './volume-backups.ts';

export type ItemOutcome = {
  object: KubeObject;
  namespace: string;
  name: string;
  action: 'created' | 'updated' | 'skipped' | 'failed' | '';
};

/** One restore while it runs. */
export type RestoreContext = {
  server: Server;
  restore: KubeObject;
  backup: KubeObject;
  scope: RestoreScope;
  /** What the tarball holds, by `resource/namespace/name`. */
  archive: ReadonlyMap<string, ArchivedItem>;
  modifiers: ResourceModifiers | undefined;
  volumeBackups: VolumeBackups;
  /** What the backup says of its volumes, by persistent volume; empty when the file is missing. */
  volumeInfo: ReadonlyMap<string, KubeObject>;
  warnings: Results;
  errors: Results;
  /** By `resource/namespace/name`, of everything that was looked at. */
  outcomes: Map<string, ItemOutcome>;
  /** What goes on after the items are restored. */
  operations: Operation[];
  /** Persistent volumes that are not restored: their claims get new ones. */
  toProvision: Set<string>;
  /** Namespaces that were waited for in vain. */
  stuckNamespaces: Set<string>;
  /** What is told when a pod with volume backups was created. */
  podCreated(
    pod: KubeObject,
    sourceNamespace: string,
    volumes: { volume: string; snapshotId: string; size: number }[],
  ): void;
};

export const archiveKey = (resource: string, namespace: string, name: string): string =>
  `${resource}/${namespace}/${name}`;
