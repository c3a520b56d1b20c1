import type { KubeObject } from '../../host.ts';
import { matchesSelector } from '../../selectors.ts';
import { Includes } from '../includes.ts';
import type { Log } from '../log.ts';

type Exec = { name: string; container: string; command: string[]; onError: string };

/**
 * Runs a pod's hooks. What their commands do is not known here: they succeed in a container that runs, and fail
 * without one. An annotation on the pod takes the place of the spec's hooks. Answers whether the pod may be backed up.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/internal/hook/item_hook_handler.go
 */
export function runHooks(
  phase: 'pre' | 'post',
  pod: KubeObject,
  spec: KubeObject,
  tally: { hooksAttempted: number; hooksFailed: number },
  log: Log,
): boolean {
  let goOn = true;
  for (const hook of hooksOf(phase, pod, spec)) {
    tally.hooksAttempted++;
    const problem = problemOf(pod, hook);
    if (problem === undefined) continue;
    tally.hooksFailed++;
    const { namespace, name } = pod.metadata;
    log.error('Error executing hook', { resource: 'pods', namespace, name, error: problem });
    if (hook.onError === 'Fail') {
      goOn = false;
      break;
    }
  }
  return goOn;
}

function hooksOf(phase: 'pre' | 'post', pod: KubeObject, spec: KubeObject): Exec[] {
  const annotated = annotatedHook(phase, pod);
  if (annotated !== undefined) return [annotated];
  return (spec.hooks?.resources ?? [])
    .filter((resource: KubeObject) => applies(resource, pod))
    .flatMap((resource: KubeObject) =>
      (resource[phase] ?? []).map(({ exec }: KubeObject) => ({
        name: resource.name,
        container: exec.container || firstContainer(pod),
        command: exec.command,
        onError: exec.onError ?? 'Fail',
      })),
    );
}

function annotatedHook(phase: 'pre' | 'post', pod: KubeObject): Exec | undefined {
  const read = (name: string): string | undefined =>
    pod.metadata.annotations?.[`${phase}.hook.backup.velero.io/${name}`];
  const command = read('command');
  if (command === undefined) return undefined;
  return {
    name: '<from-annotation>',
    container: read('container') ?? firstContainer(pod),
    command: [command],
    onError: read('on-error') ?? 'Fail',
  };
}

const firstContainer = (pod: KubeObject): string => pod.spec.containers?.[0]?.name ?? '';

function applies(resource: KubeObject, { metadata }: KubeObject): boolean {
  if (!new Includes(resource.includedNamespaces, resource.excludedNamespaces).has(metadata.namespace)) return false;
  if (!new Includes(resource.includedResources, resource.excludedResources).has('pods')) return false;
  return resource.labelSelector === undefined || matchesSelector(resource.labelSelector, metadata.labels);
}

function problemOf({ spec, status }: KubeObject, { container }: Exec): string | undefined {
  if (!spec.containers?.some((known: KubeObject) => known.name === container))
    return `no such container: "${container}"`;
  const state = status?.containerStatuses?.find((known: KubeObject) => known.name === container)?.state;
  return state?.running === undefined
    ? `unable to upgrade connection: container not found ("${container}")`
    : undefined;
}
