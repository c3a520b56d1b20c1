import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { claimsOf } from '../pods.ts';
import { programOf, repositoryOf } from '../programs.ts';

/** Why the pod's volumes or environment cannot be had yet; undefined when they can. */
export function mountProblem(cluster: ControlPlane, pod: KubeObject): [reason: string, message: string] | undefined {
  const { store, volumes } = cluster;
  const { namespace } = pod.metadata;
  for (const claimName of claimsOf(pod).values()) {
    const claim = store.get({ resource: 'persistentvolumeclaims', namespace, name: claimName });
    if (claim === undefined) return ['FailedMount', `persistentvolumeclaim "${claimName}" not found`];
    if (claim.status?.phase !== 'Bound') return ['FailedMount', `persistentvolumeclaim "${claimName}" is not bound`];
    const volume = claim.spec.volumeName;
    if (!volumes.has(volume))
      return [
        'FailedAttachVolume',
        `AttachVolume.Attach failed for volume "${volume}": rpc error: code = NotFound desc = volume does not exist here`,
      ];
  }
  for (const [resource, name] of references(pod))
    if (store.get({ resource, namespace, name }) === undefined)
      return ['FailedMount', `MountVolume.SetUp failed: ${resource.slice(0, -1)} "${name}" not found`];
  return undefined;
}

/** ConfigMaps and Secrets that the pod cannot start without. */
function* references(pod: KubeObject): Iterable<[resource: string, name: string]> {
  for (const volume of pod.spec.volumes ?? []) {
    for (const source of [volume, ...(volume.projected?.sources ?? [])]) {
      if (source.configMap?.name && !source.configMap.optional) yield ['configmaps', source.configMap.name];
      const secret = source.secret?.secretName ?? source.secret?.name;
      if (secret && !source.secret.optional) yield ['secrets', secret];
    }
  }
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      if (configMapRef && !configMapRef.optional) yield ['configmaps', configMapRef.name];
      if (secretRef && !secretRef.optional) yield ['secrets', secretRef.name];
    }
    for (const { valueFrom } of container.env ?? []) {
      if (valueFrom?.configMapKeyRef && !valueFrom.configMapKeyRef.optional)
        yield ['configmaps', valueFrom.configMapKeyRef.name];
      if (valueFrom?.secretKeyRef && !valueFrom.secretKeyRef.optional) yield ['secrets', valueFrom.secretKeyRef.name];
    }
  }
}

/** `pause` holds a pod's place and does nothing; programs say themselves what they write. */
export const isApplication = (cluster: ControlPlane, image: string): boolean =>
  repositoryOf(image).split('/').at(-1) !== 'pause' && programOf(cluster.programs, image) === undefined;

/** The persistent volumes that a container may write to. */
export function writableVolumes(cluster: ControlPlane, pod: KubeObject, container: KubeObject): string[] {
  const claims = claimsOf(pod);
  const found: string[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const name = claims.get(mount.name);
    if (name === undefined || mount.readOnly === true) continue;
    const source = pod.spec.volumes.find((volume: KubeObject) => volume.name === mount.name);
    if (source.persistentVolumeClaim?.readOnly === true) continue;
    const claim = cluster.store.get({ resource: 'persistentvolumeclaims', namespace: pod.metadata.namespace, name });
    if (claim?.spec.volumeName) found.push(claim.spec.volumeName);
  }
  return found;
}
