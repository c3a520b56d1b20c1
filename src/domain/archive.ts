import * as z from 'zod';

/**
 * A backup's tarball, as far as it decides anything. Each object lies in it under `resources/<resource>/cluster/` or
 * `resources/<resource>/namespaces/<namespace>/`, and once more under its version.
 * https://github.com/velero-io/velero/blob/v1.18.2/pkg/archive/parser.go
 */
export type Archive = {
  /** As `apps/v1/StatefulSet orders/web`, or `v1/Namespace orders`: how the resource list names them. */
  items: Set<string>;
  /** Claims that are bound to a volume. */
  claims: { namespace: string; claim: string }[];
  /** Moved snapshots. Only the final tarball holds them. */
  dataUploads: { namespace: string; claim: string; snapshot: string }[];
};

export const emptyArchive = (): Archive => ({ items: new Set(), claims: [], dataUploads: [] });

const ITEM = /^resources\/[^/]+\/(?:cluster|namespaces\/([^/]+))\/([^/]+)\.json$/;

export const isItem = (path: string): boolean => ITEM.test(path);

const item = z.object({ apiVersion: z.string(), kind: z.string() });
const claim = z.object({ spec: z.object({ volumeName: z.string().default('') }) });
const dataUpload = z.object({
  spec: z.object({ sourceNamespace: z.string(), sourcePVC: z.string() }),
  status: z.object({ snapshotID: z.string().default('') }).default({ snapshotID: '' }),
});

/** Notes one object of a tarball. Throws what zod throws when it is no Kubernetes object. */
export function noteItem(archive: Archive, path: string, object: unknown): void {
  const [, namespace, name = ''] = ITEM.exec(path) ?? [];
  const { apiVersion, kind } = item.parse(object);
  archive.items.add(`${apiVersion}/${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`);
  if (apiVersion === 'v1' && kind === 'PersistentVolumeClaim') {
    const bound = claim.parse(object).spec.volumeName !== '';
    if (bound) archive.claims.push({ namespace: namespace ?? '', claim: name });
  }
  if (kind === 'DataUpload' && apiVersion.startsWith('velero.io/')) {
    const { spec, status } = dataUpload.parse(object);
    archive.dataUploads.push({ namespace: spec.sourceNamespace, claim: spec.sourcePVC, snapshot: status.snapshotID });
  }
}
