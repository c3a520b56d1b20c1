import { ApiError } from '../../api-error.ts';
import type { KubeObject } from '../../host.ts';
import { same } from '../../same.ts';
import type { Ref } from '../../store.ts';
import type { ItemOutcome, RestoreContext } from './context.ts';
import { mergeDiff } from './merge-diff.ts';
import { resetMetadata, withRestoreLabels } from './reset-metadata.ts';

/**
 * What happens to an object that is in the cluster already: nothing and a warning, unless the policy is to update it;
 * then it is patched as far as the API lets it, and a refusal is a warning too. Claims never get their data again.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/restore.go (processUpdateResourcePolicy)
 */
export function keepExisting(context: RestoreContext, ref: Ref, wanted: KubeObject, outcome: ItemOutcome): void {
  const { server, restore, warnings } = context;
  const found = server.store.get(ref);
  if (found === undefined) return;
  const labels = wanted.metadata.labels ?? {};
  const current = resetMetadata(found);
  const labelled = withRestoreLabels(current, labels['velero.io/backup-name'], labels['velero.io/restore-name']);
  const namespace = ref.namespace ?? '';
  const updates = restore.spec.existingResourcePolicy === 'update';
  if (same(unmanaged(labelled), unmanaged(wanted))) {
    if (updates) patch(context, ref, current, wanted, outcome);
    return;
  }
  if (ref.resource === 'serviceaccounts') {
    patch(context, ref, current, mergedAccount(labelled, wanted), outcome);
    return;
  }
  if (updates) {
    if (!patch(context, ref, current, wanted, outcome)) patch(context, ref, current, labelled, outcome);
    return;
  }
  const policy = restore.spec.existingResourcePolicy;
  const what = policy ? `${wanted.kind} "${ref.name}"` : `${wanted.kind}:${ref.name}`;
  warnings.add(
    namespace,
    `could not restore, ${what} already exists. Warning: the in-cluster version is different than the backed-up version`,
  );
}

function patch(
  context: RestoreContext,
  ref: Ref,
  before: KubeObject,
  after: KubeObject,
  outcome: ItemOutcome,
): boolean {
  const { server, warnings } = context;
  const diff = mergeDiff(unmanaged(before), unmanaged(after));
  if (diff === undefined) return true;
  try {
    server.cluster.api.patch(ref, 'merge', diff, { by: server.identity, manager: 'velero-server' });
    outcome.action = 'updated';
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    warnings.add(ref.namespace ?? '', error.message);
    return false;
  }
}

/** Who manages which field is not compared here. */
function unmanaged(object: KubeObject): KubeObject {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** A service account keeps what the cluster gave it, and gets what the backup has more. */
function mergedAccount(current: KubeObject, wanted: KubeObject): KubeObject {
  const union = (a: KubeObject[] = [], b: KubeObject[] = []): KubeObject[] => [
    ...a,
    ...b.filter(({ name }) => !a.some((known) => known.name === name)),
  ];
  const secrets = union(current.secrets, wanted.secrets);
  const imagePullSecrets = union(current.imagePullSecrets, wanted.imagePullSecrets);
  const labels = { ...wanted.metadata.labels, ...current.metadata.labels };
  const annotations = { ...wanted.metadata.annotations, ...current.metadata.annotations };
  return {
    ...current,
    ...(secrets.length > 0 && { secrets }),
    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
    metadata: { ...current.metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
  };
}
