import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';

/** What a container does here. */
export type Work =
  /** A program of Velero's image. */
  | { kind: 'process'; command: string[] }
  /** What the plugin's image does: it copies itself into the server's volume. */
  | { kind: 'copies plugin' }
  /** Nothing, for ever or at once. */
  | { kind: 'stays' }
  | { kind: 'ends' };

/** The files of Velero's image that are built. https://github.com/velero-io/velero/blob/v1.18.3/Dockerfile */
export const PROGRAMS = ['velero', 'velero-restore-helper'];
/** https://github.com/velero-io/velero-plugin-for-aws/blob/v1.14.3/Dockerfile */
export const PLUGIN = 'velero-plugin-for-aws';

/**
 * Velero's image runs in truth, but for `velero-helper pause`, which does nothing for ever. Of all other images there is
 * nothing: they stay, but for those that begin a pod or are a job's, which have done their work at once.
 */
export function workOf(pod: KubeObject, container: KubeObject): Work {
  const image = nameOf(container.image);
  const command: string[] = [...(container.command ?? []), ...(container.args ?? [])];
  if (image === PLUGIN) return { kind: 'copies plugin' };
  if (image === 'velero' && command[0] !== '/velero-helper') return { kind: 'process', command };
  const begins = (pod.spec.initContainers ?? []).includes(container) && container.restartPolicy !== 'Always';
  const ofJob = pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
  return { kind: begins || ofJob ? 'ends' : 'stays' };
}

/** `velero` of `registry:5000/copies/velero:v1.18.3@sha256:…`. */
const nameOf = (image: string): string => image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/, '');

/** Whether a program that runs in truth looks at the volume. */
export const isSeen = (pod: KubeObject, volume: string): boolean =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some(
    (container) =>
      workOf(pod, container).kind === 'process' &&
      container.volumeMounts?.some(({ name }: KubeObject) => name === volume),
  );
