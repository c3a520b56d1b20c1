import type { KubeObject } from '../../host.ts';
import { labelValue } from '../label-value.ts';
import type { Server } from '../server.ts';
import type { RestoreContext } from './context.ts';

const UPLOAD_NAME = 'velero.io/data-upload-name';
const USAGE = 'velero.io/resource-usage';
const RESULT = 'DataUpload';
/** k8s.io/apimachinery/pkg/util/rand */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

const resultSelector = (restore: KubeObject): string =>
  `velero.io/restore-uid=${restore.metadata.uid},${USAGE}=${RESULT}`;

/**
 * A DataUpload is not restored: what it says of its snapshot is noted, for its claim to be found when that comes.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/restore/actions/dataupload_retrieve_action.go
 */
export function noteUpload({ server, restore, backup }: RestoreContext, { metadata, spec, status }: KubeObject): void {
  const { uid } = restore.metadata;
  const result = {
    backupStorageLocation: backup.spec.storageLocation,
    ...(spec.datamover && { datamover: spec.datamover }),
    snapshotID: status?.snapshotID ?? '',
    snapshotSize: status?.progress?.totalBytes ?? 0,
    sourceNamespace: spec.sourceNamespace,
    ...(status?.nodeOS && { nodeOS: status.nodeOS }),
  };
  server.cluster.api.create(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        namespace: server.namespace,
        generateName: `${metadata.name}-`,
        labels: {
          'velero.io/restore-uid': uid,
          'velero.io/pvc-namespace-name': labelValue(`${spec.sourceNamespace}.${spec.sourcePVC}`),
          [USAGE]: RESULT,
        },
      },
      data: { [uid]: JSON.stringify(result) },
    },
    { by: server.identity, manager: 'velero-server' },
  );
}

/** What was noted of a claim's snapshots. */
export function notedOf(server: Server, restore: KubeObject, namespace: string, name: string): KubeObject[] {
  const labelSelector = `${resultSelector(restore)},velero.io/pvc-namespace-name=${labelValue(`${namespace}.${name}`)}`;
  return server.store.list('configmaps', { namespace: server.namespace, labelSelector });
}

export function forgetNotes({ store, namespace }: Server, restore: KubeObject): void {
  for (const noted of store.list('configmaps', { namespace, labelSelector: resultSelector(restore) }))
    store.remove(store.refOf(noted));
}

/**
 * A claim whose data was moved waits for a volume of its own label, which a DataDownload fills. Without the feature on
 * this server nothing of this happens, and nobody complains: the claim gets an empty volume. Throws where what its backup
 * says of its snapshot did not come along.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/restore/actions/csi/pvc_action.go
 */
export function moveClaim(
  context: RestoreContext,
  claim: KubeObject,
  { metadata }: KubeObject,
  target: string,
): KubeObject {
  const { server, restore, backup } = context;
  const { namespace, name } = metadata;
  if (!server.options.features.includes('EnableCSI')) return claim;
  if (server.store.get({ resource: 'persistentvolumeclaims', namespace: target, name }) !== undefined) return claim;
  const { volumeName: _volume, dataSource, dataSourceRef, ...spec } = claim.spec;
  if (restore.spec.restorePVs === false) return { ...claim, spec };
  if (!backup.spec.snapshotMoveData || metadata.annotations?.[UPLOAD_NAME] === undefined) return claim;
  const result = resultFor(server, restore, namespace, name);
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += LETTERS[server.cluster.random.below(LETTERS.length)];
  const matchLabels = {
    ...spec.selector?.matchLabels,
    'velero.io/dynamic-pv-restore': labelValue(`${target}.${name}.${suffix}`),
  };
  const operationID = labelValue(`dd-${restore.metadata.uid}.${metadata.uid}`);
  const order = dataDownload(context, result, { namespace: target, pvc: name }, operationID);
  server.cluster.api.create(order, { by: server.identity, manager: 'velero-server' });
  context.operations.push({
    spec: {
      restoreName: restore.metadata.name,
      restoreUID: restore.metadata.uid,
      restoreItemAction: 'velero.io/csi-pvc-restorer',
      resourceIdentifier: { Group: '', Resource: 'persistentvolumeclaims', Namespace: target, Name: name },
      operationID,
    },
    status: { phase: 'New', created: server.store.timestamp() },
  });
  const sources = { ...(dataSource && { dataSource }), ...(dataSourceRef && { dataSourceRef }) };
  return { ...claim, spec: { ...spec, ...sources, selector: { ...spec.selector, matchLabels } } };
}

function resultFor(server: Server, restore: KubeObject, namespace: string, name: string): KubeObject {
  const noted = notedOf(server, restore, namespace, name);
  const { uid, name: restoreName } = restore.metadata;
  const labels = `velero.io/pvc-namespace-name=${labelValue(`${namespace}.${name}`)},velero.io/restore-uid=${uid},${USAGE}=${RESULT}`;
  const failed = `fail get DataUploadResult for restore: ${restoreName}`;
  if (noted.length === 0) throw new Error(`${failed}: no DataUpload result cm found with labels ${labels}`);
  if (noted.length > 1) throw new Error(`${failed}: multiple DataUpload result cms found with labels ${labels}`);
  return JSON.parse(noted[0].data[uid]);
}

function dataDownload(
  { server, restore, backup }: RestoreContext,
  result: KubeObject,
  targetVolume: { namespace: string; pvc: string },
  operationID: string,
): KubeObject {
  const { name, uid } = restore.metadata;
  return {
    apiVersion: 'velero.io/v2alpha1',
    kind: 'DataDownload',
    metadata: {
      namespace: server.namespace,
      generateName: `${name}-`,
      ownerReferences: [{ apiVersion: 'velero.io/v1', kind: 'Restore', name, uid, controller: true }],
      labels: {
        'velero.io/restore-name': labelValue(name),
        'velero.io/restore-uid': uid,
        'velero.io/async-operation-id': operationID,
      },
    },
    spec: {
      targetVolume: { ...targetVolume, pv: '' },
      backupStorageLocation: result.backupStorageLocation,
      ...(result.datamover && { datamover: result.datamover }),
      snapshotID: result.snapshotID,
      snapshotSize: result.snapshotSize,
      sourceNamespace: result.sourceNamespace,
      operationTimeout: backup.spec.csiSnapshotTimeout,
      ...(result.nodeOS && { nodeOS: result.nodeOS }),
    },
  };
}
