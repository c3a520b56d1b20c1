import type { Shape } from '../../schema-shape.ts';
import { BACKUP } from './backup.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const SCHEDULE: Record<string, Shape> = {
  spec: {
    paused: 'boolean',
    schedule: 'string',
    skipImmediately: 'boolean',
    template: BACKUP.spec ?? 'any',
    useOwnerReferencesInBackup: 'boolean',
  },
  status: {
    lastBackup: 'string',
    lastSkipped: 'string',
    phase: 'New|Enabled|FailedValidation',
    validationErrors: ['string'],
  },
};
