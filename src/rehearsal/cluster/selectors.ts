import { ApiError } from './api-error.ts';
import type { KubeObject } from './host.ts';

export type Labels = Readonly<Record<string, string>>;

type Requirement = { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values: string[] };

const meets = (labels: Labels, { key, operator, values }: Requirement): boolean => {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
};

/** A plain map, as Services and ReplicationControllers select. An empty one selects nothing, as theirs. */
export function matchesMap(selector: Labels | undefined, object: KubeObject): boolean {
  if (selector === undefined) return false;
  const labels: Labels = object.metadata.labels ?? {};
  let any = false;
  for (const key in selector) {
    any = true;
    if (labels[key] !== selector[key]) return false;
  }
  return any;
}

/** `{matchLabels, matchExpressions}`. An empty one selects everything, an absent one nothing. */
export function matchesSelector(selector: KubeObject | undefined, labels: Labels = {}): boolean {
  if (selector === undefined || selector === null) return false;
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  for (const { key, operator, values } of selector.matchExpressions ?? [])
    if (!meets(labels, { key, operator, values: values ?? [] })) return false;
  return true;
}

/** The `labelSelector` of a query. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function parseLabelSelector(text: string): (labels: Labels | undefined) => boolean {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (labels = {}) => requirements.every((requirement) => meets(labels, requirement));
}

const splitOutsideParentheses = (text: string): string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function parseRequirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const comparison = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (comparison)
    return {
      key: comparison[1] ?? '',
      operator: comparison[2] === '!=' ? 'NotIn' : 'In',
      values: [comparison[3] ?? ''],
    };
  const existence = /^(!?)\s*([^\s!=]+)$/.exec(text);
  if (existence) return { key: existence[2] ?? '', operator: existence[1] ? 'DoesNotExist' : 'Exists', values: [] };
  throw new ApiError('BadRequest', `unable to parse requirement: ${text}`);
}

const FIELDS: Record<string, (object: KubeObject) => string> = {
  'metadata.name': (object) => object.metadata.name,
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
  'spec.nodeName': (object) => object.spec?.nodeName ?? '',
  'spec.restartPolicy': (object) => object.spec?.restartPolicy ?? '',
  'spec.schedulerName': (object) => object.spec?.schedulerName ?? '',
  'spec.serviceAccountName': (object) => object.spec?.serviceAccountName ?? '',
  'status.phase': (object) => object.status?.phase ?? '',
  'involvedObject.name': (object) => object.involvedObject?.name ?? '',
  'involvedObject.namespace': (object) => object.involvedObject?.namespace ?? '',
  'involvedObject.kind': (object) => object.involvedObject?.kind ?? '',
  'involvedObject.uid': (object) => object.involvedObject?.uid ?? '',
  reason: (object) => object.reason ?? '',
  type: (object) => object.type ?? '',
};

/** Custom resources know these two alone; https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

/** The `fieldSelector` of a query. */
export function parseFieldSelector(text: string, custom: boolean): (object: KubeObject) => boolean {
  const parts = splitOutsideParentheses(text).map((part) => {
    const [, field = '', operator = '', value = ''] = /^([^!=]+)(==|=|!=)(.*)$/.exec(part) ?? [];
    const read = FIELDS[field];
    if (read === undefined || (custom && !COMMON_FIELDS.includes(field)))
      throw new ApiError('BadRequest', `field label not supported: ${field || part}`);
    return { read, value, wanted: operator !== '!=' };
  });
  return (object) => parts.every(({ read, value, wanted }) => (read(object) === value) === wanted);
}
