import { allowed } from '../api/authorization.ts';
import { Backups } from './backup/backups.ts';
import { BackupSync } from './backup-sync.ts';
import { Expiry } from './expiry.ts';
import { resourceOf } from './kinds.ts';
import { Locations } from './locations.ts';
import { Restores } from './restore/restores.ts';
import { Schedules } from './schedules.ts';
import { CREDENTIALS, PASSWORD, type Server } from './server.ts';

/**
 * `velero server`, one in each pod of its Deployment. Ends the container when it cannot work at all.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/server/server.go
 */
export async function runServer(server: Server): Promise<void> {
  await server.process.takes('velero.serverStart');
  const problem = problemOf(server);
  if (problem !== undefined) {
    server.cluster.host.record('velero', { server: 'ended', why: problem });
    server.process.given.finish(1, problem);
    return;
  }
  ensurePassword(server);
  markInterrupted(server, 'Backup');
  markInterrupted(server, 'Restore');
  const { disabled } = server.options;
  new Locations(server).start();
  if (!disabled.has('backup-sync')) new BackupSync(server).start();
  if (!disabled.has('schedule')) new Schedules(server).start();
  if (!disabled.has('backup')) new Backups(server).start();
  if (!disabled.has('gc') || !disabled.has('backup-deletion')) new Expiry(server).start();
  if (!disabled.has('restore')) new Restores(server).start();
}

function problemOf(server: Server): string | undefined {
  const { store, namespace, identity } = server;
  if (store.resources.get(resourceOf('Backup')) === undefined)
    return 'Velero custom resources not found - apply config/crd/v1/bases/*.yaml,config/crd/v2alpha1/bases*.yaml, to update the custom resource definitions';
  if (store.get({ resource: 'namespaces', name: namespace }) === undefined)
    return `namespaces "${namespace}" not found`;
  if (!allowed(server.cluster, identity, { verb: 'list', resource: resourceOf('Backup'), namespace }))
    return `backups.velero.io is forbidden: User "${identity.username}" cannot list resource "backups" in API group "velero.io" in the namespace "${namespace}"`;
  return undefined;
}

function ensurePassword({ store, namespace }: Server): void {
  if (store.get({ resource: 'secrets', namespace, name: CREDENTIALS }) !== undefined) return;
  store.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: CREDENTIALS },
    type: 'Opaque',
    data: { 'repository-password': Buffer.from(PASSWORD).toString('base64') },
  });
}

/** What a server before this one left undone ends with it (markInProgressCRsFailed). */
function markInterrupted(server: Server, kind: 'Backup' | 'Restore'): void {
  const parts = kind === 'Backup' ? ['PodVolumeBackup', 'DataUpload'] : ['PodVolumeRestore', 'DataDownload'];
  for (const object of server.list(kind)) {
    if (object.status?.phase !== 'InProgress') continue;
    const failureReason = `found a ${kind.toLowerCase()} with status "InProgress" during the server starting, mark it as "Failed"`;
    server.setStatus(object, { phase: 'Failed', failureReason, completionTimestamp: server.store.timestamp() });
    for (const part of parts.flatMap((each) => server.list(each))) {
      const ended = ['Completed', 'Failed', 'Canceled'].includes(part.status?.phase);
      const uid = part.metadata.labels?.[`velero.io/${kind.toLowerCase()}-uid`];
      if (!ended && uid === object.metadata.uid)
        server.update(part, (current) => ({ ...current, spec: { ...current.spec, cancel: true } }));
    }
  }
}
