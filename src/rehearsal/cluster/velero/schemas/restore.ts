import type { Shape } from '../../schema-shape.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const RESTORE: Record<string, Shape> = {
  spec: {
    backupName: 'string',
    excludedNamespaces: ['string'],
    excludedResources: ['string'],
    existingResourcePolicy: 'string',
    hooks: {
      resources: [
        {
          excludedNamespaces: ['string'],
          excludedResources: ['string'],
          includedNamespaces: ['string'],
          includedResources: ['string'],
          labelSelector: {
            matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }],
            matchLabels: { '*': 'string' },
          },
          name: 'string',
          postHooks: [
            {
              exec: {
                command: ['string'],
                container: 'string',
                execTimeout: 'string',
                onError: 'Continue|Fail',
                waitForReady: 'boolean',
                waitTimeout: 'string',
              },
              init: { initContainers: 'any', timeout: 'string' },
            },
          ],
        },
      ],
    },
    includeClusterResources: 'boolean',
    includedNamespaces: ['string'],
    includedResources: ['string'],
    itemOperationTimeout: 'string',
    labelSelector: {
      matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }],
      matchLabels: { '*': 'string' },
    },
    namespaceMapping: { '*': 'string' },
    orLabelSelectors: [
      { matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }], matchLabels: { '*': 'string' } },
    ],
    preserveNodePorts: 'boolean',
    resourceModifier: { apiGroup: 'string', kind: 'string', name: 'string' },
    restorePVs: 'boolean',
    restoreStatus: { excludedResources: ['string'], includedResources: ['string'] },
    scheduleName: 'string',
    uploaderConfig: { parallelFilesDownload: 'integer', writeSparseFiles: 'boolean' },
  },
  status: {
    completionTimestamp: 'string',
    errors: 'integer',
    failureReason: 'string',
    hookStatus: { hooksAttempted: 'integer', hooksFailed: 'integer' },
    phase:
      'New|FailedValidation|InProgress|WaitingForPluginOperations|WaitingForPluginOperationsPartiallyFailed|Completed|PartiallyFailed|Failed|Finalizing|FinalizingPartiallyFailed',
    progress: { itemsRestored: 'integer', totalItems: 'integer' },
    restoreItemOperationsAttempted: 'integer',
    restoreItemOperationsCompleted: 'integer',
    restoreItemOperationsFailed: 'integer',
    startTimestamp: 'string',
    validationErrors: ['string'],
    warnings: 'integer',
  },
};
