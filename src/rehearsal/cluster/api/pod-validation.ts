import type { KubeObject } from '../host.ts';

export type Problem = [field: string, message: string];

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/validation/validation.go (ValidatePodSpec, in part) */
export function* podProblems(spec: KubeObject, path: string, claimed: string[] = []): Iterable<Problem> {
  if (!spec?.containers?.length) {
    yield [`${path}.containers`, 'Required value'];
    return;
  }
  const volumes = new Set([...claimed, ...(spec.volumes ?? []).map((volume: KubeObject) => volume.name)]);
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers'] as const)
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const at = `${path}.${list}[${index}]`;
      if (!container.name) yield [`${at}.name`, 'Required value'];
      else if (names.has(container.name)) yield [`${at}.name`, `Duplicate value: "${container.name}"`];
      names.add(container.name);
      if (!container.image) yield [`${at}.image`, 'Required value'];
      for (const [mountIndex, mount] of (container.volumeMounts ?? []).entries())
        if (!volumes.has(mount.name)) yield [`${at}.volumeMounts[${mountIndex}].name`, `Not found: "${mount.name}"`];
    }
}
