import type { Shape } from '../../schema-shape.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const BACKUP_STORAGE_LOCATION: Record<string, Shape> = {
  spec: {
    accessMode: 'ReadOnly|ReadWrite',
    backupSyncPeriod: 'string',
    config: { '*': 'string' },
    credential: { key: 'string', name: 'string', optional: 'boolean' },
    default: 'boolean',
    objectStorage: {
      bucket: 'string',
      caCert: 'string',
      caCertRef: { key: 'string', name: 'string', optional: 'boolean' },
      prefix: 'string',
    },
    provider: 'string',
    validationFrequency: 'string',
  },
  status: {
    accessMode: 'ReadOnly|ReadWrite',
    lastSyncedRevision: 'string',
    lastSyncedTime: 'string',
    lastValidationTime: 'string',
    message: 'string',
    phase: 'Available|Unavailable',
  },
};

export const VOLUME_SNAPSHOT_LOCATION: Record<string, Shape> = {
  spec: {
    config: { '*': 'string' },
    credential: { key: 'string', name: 'string', optional: 'boolean' },
    provider: 'string',
  },
  status: { phase: 'Available|Unavailable' },
};
