import type { KubeObject } from '../../host.ts';
import { claimsOf } from '../../pods.ts';
import { parseFlags } from '../flags.ts';
import { resourceOf } from '../kinds.ts';
import { type Knowledge, PartialData } from '../kopia/repository.ts';
import type { Process } from '../process.ts';
import { ensureRepository, type ReadyRepository } from '../repositories.ts';
import { Server } from '../server.ts';
import { serverOptions } from '../server-options.ts';
import type { MoverResult } from './exposer.ts';

const MEGABYTE = 1_000_000;
export const CANCELLED = 'data path is canceled';

const FLAGS = {
  flags: {
    'volume-path': 'string',
    'volume-mode': 'string',
    'data-upload': 'string',
    'data-download': 'string',
    'resource-timeout': 'duration',
    'cache-volume-path': 'string',
    'log-level': 'string',
    'log-format': 'string',
  },
} as const;

/**
 * `velero data-mover backup|restore`: moves one volume between its pod and kopia, and leaves what came of it as its
 * termination message. https://github.com/vmware-tanzu/velero/tree/v1.18.3/pkg/datamover
 */
export function startMover(process: Process, [mode, ...args]: string[], knowledge: Knowledge): void {
  const { values } = parseFlags(args, FLAGS);
  const kind = mode === 'restore' ? 'DataDownload' : 'DataUpload';
  const name = values.get(mode === 'restore' ? 'data-download' : 'data-upload') ?? '';
  const server = new Server(process, serverOptions([]), knowledge);
  process.spawn(async () => {
    const movement = await inProgress(server, kind, name);
    try {
      const result = await (kind === 'DataUpload' ? upload(server, movement) : download(server, movement));
      process.given.finish(0, JSON.stringify(result));
    } catch (error) {
      const why = `Data path for data ${kind === 'DataUpload' ? 'upload' : 'download'} ${name} failed: ${(error as Error).message}`;
      process.given.finish(1, `Failed to run data path service for ${kind} ${name}: ${why}`);
    }
  });
}

/** The movement, once the node's agent says that it is under way. From then on it can be cancelled. */
function inProgress(server: Server, kind: string, name: string): Promise<KubeObject> {
  const { process, store, namespace, cluster } = server;
  return process.alive(
    new Promise((resolve) => {
      let begun = false;
      const look = (movement: KubeObject | undefined): void => {
        if (movement?.spec.cancel && begun)
          process.given.finish(1, `Failed to run data path service for ${kind} ${name}: ${CANCELLED}`);
        if (movement?.status?.phase !== 'InProgress' || begun) return;
        begun = true;
        cluster.host.kernel.touched();
        resolve(movement);
      };
      const stop = store.watch(resourceOf(kind), ({ type, object }) => {
        if (type !== 'DELETED' && object.metadata.name === name && object.metadata.namespace === namespace)
          look(object);
      });
      process.onEnd(stop);
      look(server.find(kind, name));
    }),
  );
}

async function upload(server: Server, { spec }: KubeObject): Promise<MoverResult> {
  const { volumes, host } = server.cluster;
  const content = volumes.snapshot(volumeOf(server));
  const { repository, id } = await repositoryOf(server, spec);
  const source = `${spec.sourceNamespace}/${spec.sourcePVC}`;
  const { manifest, incrementalBytes } = await repository.snapshot(id, source, content);
  await server.process.sleep((incrementalBytes / MEGABYTE) * host.latencies.draw('velero.backupMegabyte'));
  return { snapshotID: manifest.id, totalBytes: content.bytes, incrementalBytes };
}

async function download(server: Server, { spec }: KubeObject): Promise<MoverResult> {
  const { volumes, host } = server.cluster;
  const volume = volumeOf(server);
  const { repository, id } = await repositoryOf(server, spec);
  try {
    const content = await repository.read(id, spec.snapshotID);
    await server.process.sleep((content.bytes / MEGABYTE) * host.latencies.draw('velero.restoreMegabyte'));
    volumes.fill(volume, content);
    return { totalBytes: content.bytes };
  } catch (error) {
    if (error instanceof PartialData) volumes.fill(volume, { lastWrite: null, bytes: error.bytes, origin: '' });
    throw new Error(`Failed to run kopia restore: ${(error as Error).message}`);
  }
}

async function repositoryOf(server: Server, spec: KubeObject): Promise<ReadyRepository> {
  const name = spec.backupStorageLocation;
  const location = server.find('BackupStorageLocation', name);
  if (location === undefined)
    throw new Error(`error to initialize data path: error getting backup storage location ${name}`);
  try {
    return await ensureRepository(server, spec.sourceNamespace, location);
  } catch (error) {
    const what = `error to ensure backup repository ${name}-${spec.sourceNamespace}-kopia`;
    throw new Error(`error to initialize data path: ${what}: ${(error as Error).message}`);
  }
}

/** The persistent volume that the pod was made for. */
function volumeOf({ process, store, namespace }: Server): string {
  const { pod, container } = process.given;
  const name = claimsOf(pod).get(container.name) ?? '';
  return store.get({ resource: 'persistentvolumeclaims', namespace, name })?.spec.volumeName;
}
