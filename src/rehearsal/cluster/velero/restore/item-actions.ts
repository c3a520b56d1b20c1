import type { KubeObject } from '../../host.ts';
import type { Server } from '../server.ts';
import { mapImages } from './image-map.ts';
import { preparePod } from './pod-action.ts';
import { resetService } from './service-action.ts';
import { mapStorageClass } from './storage-class-map.ts';
import type { VolumeBackups } from './volume-backups.ts';

/** What the built-in actions make of an object; undefined when one of them leaves it out. */
export type Acted =
  | { object: KubeObject; additional: [resource: string, namespace: string, name: string][] }
  | undefined;

const CLAIM_ANNOTATIONS = [
  ...['pv.kubernetes.io/bind-completed', 'pv.kubernetes.io/bound-by-controller', 'volume.kubernetes.io/selected-node'],
  ...['volume.kubernetes.io/storage-provisioner', 'volume.beta.kubernetes.io/storage-provisioner'],
  ...['velero.io/volume-snapshot-name', 'velero.io/data-upload-name'],
];

/**
 * Changes an object for its new cluster. Throws what keeps it from being restored.
 * https://github.com/vmware-tanzu/velero/tree/v1.18.2/pkg/restore/actions
 */
export function act(
  server: Server,
  resource: string,
  object: KubeObject,
  fromBackup: KubeObject,
  restore: KubeObject,
  volumeBackups: VolumeBackups,
): Acted {
  const images = mapImages(server, resource, object);
  const mapped = mapStorageClass(server, resource, images);
  const plain = (next: KubeObject): Acted => ({ object: next, additional: [] });
  switch (resource) {
    case 'pods':
      return { object: preparePod(server, mapped, restore, volumeBackups), additional: neededBy(fromBackup) };
    case 'persistentvolumeclaims':
      return { object: withoutAnnotations(mapped, CLAIM_ANNOTATIONS), additional: boundTo(fromBackup) };
    case 'services':
      return plain(resetService(mapped, restore.spec.preserveNodePorts === true));
    case 'jobs.batch':
      return plain(withoutControllerUid(mapped));
    case 'serviceaccounts':
      return plain(withoutTokens(mapped));
    case 'secrets':
      return tokenSecret(server, mapped);
    case 'rolebindings.rbac.authorization.k8s.io':
    case 'clusterrolebindings.rbac.authorization.k8s.io':
      return plain(mapSubjects(mapped, restore.spec.namespaceMapping ?? {}));
    case 'apiservices.apiregistration.k8s.io':
      return mapped.metadata.labels?.['kube-aggregator.kubernetes.io/automanaged'] ? undefined : plain(mapped);
    default:
      return plain(mapped);
  }
}

function neededBy({ metadata, spec }: KubeObject): [string, string, string][] {
  const claims = (spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }: KubeObject) => persistentVolumeClaim?.claimName ?? [],
  );
  const needed: [string, string, string][] = claims.map((name: string) => [
    'persistentvolumeclaims',
    metadata.namespace,
    name,
  ]);
  if (spec.priorityClassName) needed.push(['priorityclasses.scheduling.k8s.io', '', spec.priorityClassName]);
  return needed;
}

const boundTo = ({ spec, status }: KubeObject): [string, string, string][] =>
  status?.phase === 'Bound' && spec.volumeName ? [['persistentvolumes', '', spec.volumeName]] : [];

export function withoutAnnotations(object: KubeObject, names: string[]): KubeObject {
  const { annotations } = object.metadata;
  if (annotations === undefined || !names.some((name) => name in annotations)) return object;
  const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !names.includes(name)));
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

/** A Job's own labels name the Job that it was. */
function withoutControllerUid(object: KubeObject): KubeObject {
  const strip = (labels: KubeObject | undefined): KubeObject | undefined => {
    if (labels === undefined) return undefined;
    const { 'controller-uid': _legacy, 'batch.kubernetes.io/controller-uid': _uid, ...rest } = labels;
    return rest;
  };
  const { selector, template } = object.spec;
  return {
    ...object,
    spec: {
      ...object.spec,
      ...(selector && { selector: { ...selector, matchLabels: strip(selector.matchLabels) } }),
      template: { ...template, metadata: { ...template.metadata, labels: strip(template.metadata?.labels) } },
    },
  };
}

function withoutTokens(object: KubeObject): KubeObject {
  if (!object.secrets) return object;
  const tokens = `${object.metadata.name}-token-`;
  return { ...object, secrets: object.secrets.filter(({ name }: KubeObject) => !name.startsWith(tokens)) };
}

/** Tokens that the cluster made by itself are left out; others come back without what only their cluster knew. */
function tokenSecret(server: Server, object: KubeObject): Acted {
  if (object.type !== 'kubernetes.io/service-account-token') return { object, additional: [] };
  const { namespace, name } = object.metadata;
  const accounts = server.store.list('serviceaccounts', { namespace });
  if (accounts.some(({ metadata }) => name.startsWith(`${metadata.name}-token-`))) return undefined;
  const { token: _token, 'ca.crt': _ca, ...data } = object.data ?? {};
  return { object: withoutAnnotations({ ...object, data }, ['kubernetes.io/service-account.uid']), additional: [] };
}

function mapSubjects(object: KubeObject, mapping: Record<string, string>): KubeObject {
  if (Object.keys(mapping).length === 0 || !object.subjects) return object;
  const subjects = object.subjects.map((subject: KubeObject) => {
    const namespace = mapping[subject.namespace];
    return namespace === undefined ? subject : { ...subject, namespace };
  });
  return { ...object, subjects };
}
