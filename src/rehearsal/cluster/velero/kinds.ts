import type { KubeObject } from '../host.ts';
import { openApi, type Shape } from '../schema-shape.ts';
import { BACKUP } from './schemas/backup.ts';
import { DATA_DOWNLOAD, DATA_UPLOAD } from './schemas/data-movement.ts';
import { BACKUP_STORAGE_LOCATION, VOLUME_SNAPSHOT_LOCATION } from './schemas/location.ts';
import { BACKUP_REPOSITORY, POD_VOLUME_BACKUP, POD_VOLUME_RESTORE } from './schemas/pod-volume.ts';
import { DELETE_BACKUP_REQUEST, DOWNLOAD_REQUEST, SERVER_STATUS_REQUEST } from './schemas/requests.ts';
import { RESTORE } from './schemas/restore.ts';
import { SCHEDULE } from './schemas/schedule.ts';

export type Kind = {
  kind: string;
  version: string;
  shortNames?: string[];
  schema: Record<string, Shape>;
  /** Members that `spec` must have. */
  required?: string[];
};

/** What `velero install` defines. None of them has a status subresource: whoever may update one may update its status. */
export const KINDS: Kind[] = [
  {
    kind: 'BackupRepository',
    version: 'v1',
    schema: BACKUP_REPOSITORY,
    required: ['backupStorageLocation', 'maintenanceFrequency', 'volumeNamespace'],
  },
  { kind: 'Backup', version: 'v1', schema: BACKUP },
  {
    kind: 'BackupStorageLocation',
    version: 'v1',
    shortNames: ['bsl'],
    schema: BACKUP_STORAGE_LOCATION,
    required: ['objectStorage', 'provider'],
  },
  { kind: 'DeleteBackupRequest', version: 'v1', schema: DELETE_BACKUP_REQUEST, required: ['backupName'] },
  { kind: 'DownloadRequest', version: 'v1', schema: DOWNLOAD_REQUEST, required: ['target'] },
  {
    kind: 'PodVolumeBackup',
    version: 'v1',
    schema: POD_VOLUME_BACKUP,
    required: ['backupStorageLocation', 'node', 'pod', 'repoIdentifier', 'volume'],
  },
  {
    kind: 'PodVolumeRestore',
    version: 'v1',
    schema: POD_VOLUME_RESTORE,
    required: ['backupStorageLocation', 'pod', 'repoIdentifier', 'snapshotID', 'sourceNamespace', 'volume'],
  },
  { kind: 'Restore', version: 'v1', schema: RESTORE },
  { kind: 'Schedule', version: 'v1', schema: SCHEDULE, required: ['schedule', 'template'] },
  { kind: 'ServerStatusRequest', version: 'v1', shortNames: ['ssr'], schema: SERVER_STATUS_REQUEST },
  {
    kind: 'VolumeSnapshotLocation',
    version: 'v1',
    shortNames: ['vsl'],
    schema: VOLUME_SNAPSHOT_LOCATION,
    required: ['provider'],
  },
  {
    kind: 'DataDownload',
    version: 'v2alpha1',
    schema: DATA_DOWNLOAD,
    required: ['backupStorageLocation', 'operationTimeout', 'snapshotID', 'sourceNamespace', 'targetVolume'],
  },
  {
    kind: 'DataUpload',
    version: 'v2alpha1',
    schema: DATA_UPLOAD,
    required: ['backupStorageLocation', 'operationTimeout', 'snapshotType', 'sourceNamespace', 'sourcePVC'],
  },
];

const pluralOf = (kind: string): string =>
  kind.endsWith('y') ? `${kind.toLowerCase().slice(0, -1)}ies` : `${kind.toLowerCase()}s`;

/** How the store names a kind's objects: `backups.velero.io`. */
export const resourceOf = (kind: string): string => `${pluralOf(kind)}.velero.io`;

export function crd({ kind, version, shortNames, schema, required }: Kind): KubeObject {
  const properties: KubeObject = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
  };
  if (schema.spec !== undefined) properties.spec = openApi(schema.spec, required);
  if (schema.status !== undefined) properties.status = openApi(schema.status);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceOf(kind), labels: { component: 'velero' } },
    spec: {
      group: 'velero.io',
      names: {
        kind,
        listKind: `${kind}List`,
        plural: pluralOf(kind),
        singular: kind.toLowerCase(),
        ...(shortNames && { shortNames }),
      },
      scope: 'Namespaced',
      versions: [
        { name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } },
      ],
    },
  };
}
