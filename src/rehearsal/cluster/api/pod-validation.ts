import type { KubeObject } from '../host.ts';

export type Problem = [field: string, message: string];

/** What is not one of the words that the API knows there. */
export function* unknownWord(field: string, value: unknown, ...words: string[]): Iterable<Problem> {
  if (value === undefined || words.includes(value as string)) return;
  const known = words.map((word) => `"${word}"`).join(', ');
  yield [field, `Unsupported value: ${JSON.stringify(value)}: supported values: ${known}`];
}

export function* negative(field: string, value: unknown): Iterable<Problem> {
  if (typeof value === 'number' && value < 0)
    yield [field, `Invalid value: ${value}: must be greater than or equal to 0`];
}

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/validation/validation.go (ValidatePodSpec, in part) */
export function* podProblems(spec: KubeObject, path: string, claimed: string[] = []): Iterable<Problem> {
  if (!spec?.containers?.length) {
    yield [`${path}.containers`, 'Required value'];
    return;
  }
  yield* unknownWord(`${path}.restartPolicy`, spec.restartPolicy, 'Always', 'OnFailure', 'Never');
  const volumes = new Set(claimed);
  for (const [index, { name }] of (spec.volumes ?? []).entries()) {
    if (volumes.has(name) && !claimed.includes(name))
      yield [`${path}.volumes[${index}].name`, `Duplicate value: "${name}"`];
    volumes.add(name);
  }
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
