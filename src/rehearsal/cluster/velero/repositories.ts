import type { KubeObject } from '../host.ts';
import { Repository } from './kopia/repository.ts';
import type { ObjectStore } from './object-store.ts';
import type { Server } from './server.ts';

/** A kopia repository that is ready, and its unique id. */
export type ReadyRepository = { repository: Repository; id: string };

/**
 * The repository of a namespace's volumes at a location. Where there is none it is made, unless the location is
 * read-only. A read-write one in a second cluster makes its own, with another id, wherever the first cluster's has
 * not arrived yet: https://github.com/vmware-tanzu/velero/issues/7613
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/repository/provider/unified_repo.go (PrepareRepo)
 */
export async function ensureRepository(
  server: Server,
  volumeNamespace: string,
  location: KubeObject,
): Promise<ReadyRepository> {
  const object = repositoryObject(server, volumeNamespace, location);
  const repository = openRepository(server, volumeNamespace, server.objectStore(location));
  try {
    const found = await repository.connect(server.password);
    const id = found ?? (await initialize(server, repository, location));
    server.setStatus(object, { phase: 'Ready', message: '', lastMaintenanceTime: server.store.timestamp() });
    return { repository, id };
  } catch (error) {
    const { message } = error as Error;
    server.setStatus(object, { phase: 'NotReady', message });
    throw new Error(`backup repository is not ready: ${message}`);
  }
}

export function openRepository(
  { cluster, knowledge }: Pick<Server, 'cluster' | 'knowledge'>,
  volumeNamespace: string,
  store: ObjectStore,
): Repository {
  return new Repository(store, volumeNamespace, cluster.random, () => cluster.now, knowledge);
}

function initialize(server: Server, repository: Repository, { metadata, spec }: KubeObject): Promise<string> {
  if (spec.accessMode === 'ReadOnly')
    throw new Error(
      `cannot create new backup repo for read-only backup storage location ${metadata.namespace}/${metadata.name}`,
    );
  return repository.initialize(server.password);
}

function repositoryObject(server: Server, volumeNamespace: string, location: KubeObject): KubeObject {
  const name = `${volumeNamespace}-${location.metadata.name}-kopia`;
  const known = server.find('BackupRepository', name);
  if (known !== undefined) return known;
  return server.store.create({
    apiVersion: 'velero.io/v1',
    kind: 'BackupRepository',
    metadata: {
      namespace: server.namespace,
      name,
      labels: {
        'velero.io/repository-type': 'kopia',
        'velero.io/storage-location': location.metadata.name,
        'velero.io/volume-namespace': volumeNamespace,
      },
    },
    spec: {
      backupStorageLocation: location.metadata.name,
      maintenanceFrequency: '1h0m0s',
      repositoryType: 'kopia',
      resticIdentifier: '',
      volumeNamespace,
    },
  });
}
