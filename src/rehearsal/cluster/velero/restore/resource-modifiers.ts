import { parse as parseYaml } from 'yaml';
import { remembered } from '../../../kernel/remembered.ts';
import { mergePatch } from '../../api/patch.ts';
import { strategicMerge } from '../../api/strategic-merge.ts';
import type { KubeObject } from '../../host.ts';
import { matchesSelector } from '../../selectors.ts';
import { applyJsonPatch, type JsonPatchOperation, MissingPath, TestFailed } from './json-patch.ts';

type Rule = {
  conditions: {
    groupResource: string;
    namespaces?: string[];
    resourceNameRegex?: string;
    labelSelector?: KubeObject;
    matches?: { path: string; value: string }[];
  };
  patches?: { operation: string; path: string; from?: string; value?: string }[];
  mergePatches?: { patchData: string }[];
  strategicPatches?: { patchData: string }[];
};

const OPERATIONS = ['add', 'remove', 'replace', 'test', 'move', 'copy'];

/** Of one text once: a restore reads the patches of its rules for every object. */
const parse = remembered((text): KubeObject => parseYaml(text) ?? {});

/** The members that each part of the document may have: the rest is refused (`UnmarshalStrict`). */
const KNOWN = {
  document: ['version', 'resourceModifierRules'],
  rule: ['conditions', 'patches', 'mergePatches', 'strategicPatches'],
  conditions: ['namespaces', 'groupResource', 'resourceNameRegex', 'labelSelector', 'matches'],
  patch: ['operation', 'from', 'path', 'value'],
};

/**
 * The rules of a restore's ConfigMap. Throws what Velero puts into the restore's validation errors.
 * https://github.com/vmware-tanzu/velero/tree/v1.18.2/internal/resourcemodifiers
 */
export function readResourceModifiers(configMap: KubeObject): ResourceModifiers {
  const { namespace, name } = configMap.metadata;
  const values = Object.values<string>(configMap.data ?? {});
  const parsing = `Error in parsing resource modifiers provided in configmap ${namespace}/${name}`;
  if (values.length !== 1) throw new Error(`${parsing}: illegal resource modifiers ${namespace}/${name} configmap`);
  let rules: Rule[];
  let version: unknown;
  try {
    const document = parse(values[0] ?? '');
    strict(document);
    rules = document.resourceModifierRules ?? [];
    version = document.version;
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`${parsing}: failed to decode yaml data into resource modifiers, err: ${why}`);
  }
  const problem = invalid(version, rules);
  if (problem !== undefined)
    throw new Error(`Validation error in resource modifiers provided in configmap ${namespace}/${name}: ${problem}`);
  return new ResourceModifiers(rules);
}

function strict(document: KubeObject): void {
  only(document, KNOWN.document);
  for (const rule of document.resourceModifierRules ?? []) {
    only(rule, KNOWN.rule);
    only(rule.conditions ?? {}, KNOWN.conditions);
    for (const patch of rule.patches ?? []) {
      only(patch, KNOWN.patch);
      if (patch.value !== undefined && typeof patch.value !== 'string')
        throw new Error('json: cannot unmarshal into Go struct field JSONPatch.value of type string');
    }
    for (const patch of [...(rule.mergePatches ?? []), ...(rule.strategicPatches ?? [])]) only(patch, ['patchData']);
  }
}

function only(value: KubeObject, known: string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`error unmarshaling JSON: unknown field ${JSON.stringify(unknown)}`);
}

function invalid(version: unknown, rules: Rule[]): string | undefined {
  if (String(version).toLowerCase() !== 'v1') return `unsupported resource modifier version ${version ?? ''}`;
  if (rules.length === 0) return 'resource modifier rules cannot be empty';
  for (const rule of rules) {
    if (!rule.conditions?.groupResource) return 'groupkResource cannot be empty';
    const kinds = [rule.patches, rule.mergePatches, rule.strategicPatches].filter(
      (patches) => (patches?.length ?? 0) > 0,
    );
    if (kinds.length > 1) return 'only one of patches, mergePatches, strategicPatches can be specified';
    for (const patch of rule.patches ?? []) {
      if (!patch.operation) return 'operation cannot be empty';
      if (!OPERATIONS.includes(patch.operation.toLowerCase())) return `unsupported operation ${patch.operation}`;
      if (!patch.path) return 'path cannot be empty';
    }
  }
  return undefined;
}

export class ResourceModifiers {
  readonly #rules: Rule[];

  constructor(rules: Rule[]) {
    this.#rules = rules;
  }

  /** Conditions are judged on the object as it was before any rule. A rule that fails leaves it as it was. */
  apply(original: KubeObject, groupResource: string): { object: KubeObject; errors: string[] } {
    let object = original;
    const errors: string[] = [];
    for (const rule of this.#rules) {
      try {
        if (matches(rule, original, groupResource)) object = patched(rule, object);
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
    return { object, errors };
  }
}

function matches({ conditions }: Rule, object: KubeObject, groupResource: string): boolean {
  const { namespace, name, labels } = object.metadata;
  const namespaces = conditions.namespaces ?? [];
  if (namespace && namespaces.length > 0 && !namespaces.includes('*') && !namespaces.includes(namespace)) return false;
  if (!glob(conditions.groupResource).test(groupResource)) return false;
  if (conditions.resourceNameRegex && !new RegExp(conditions.resourceNameRegex).test(name)) return false;
  if (conditions.labelSelector && !matchesSelector(conditions.labelSelector, labels)) return false;
  if (!conditions.matches?.length) return true;
  const tests = conditions.matches.map(({ path, value }) => operationOf({ operation: 'test', path, value }));
  try {
    applyJsonPatch(object, tests);
    return true;
  } catch (error) {
    if (error instanceof TestFailed || error instanceof MissingPath) return false;
    throw error;
  }
}

/** `*` stands for anything but a dot, `**` for anything (github.com/gobwas/glob with the separator '.'). */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^.]*')
    .replaceAll('?', '[^.]')
    .replaceAll('\0', '.*');
  return new RegExp(`^${source}$`);
}

function patched(rule: Rule, object: KubeObject): KubeObject {
  if (rule.patches?.length) {
    try {
      return applyJsonPatch(object, rule.patches.map(operationOf));
    } catch (error) {
      if (error instanceof TestFailed) return object;
      throw new Error(`error in applying patch error in applying JSON Patch ${(error as Error).message}`);
    }
  }
  if (rule.mergePatches?.length)
    return rule.mergePatches.reduce((known, patch) => mergePatch(known, parse(patch.patchData)), object);
  if (rule.strategicPatches?.length)
    return rule.strategicPatches.reduce((known, patch) => strategicMerge(known, parse(patch.patchData)), object);
  throw new Error('no patch data found');
}

/** Values are strings: what looks like null, a boolean, a number, an object or an array stands for that. */
function operationOf(patch: { operation: string; path: string; from?: string; value?: string }): JsonPatchOperation {
  const { operation, path, from, value = '' } = patch;
  return { op: operation, path, ...(from === undefined ? {} : { from }), value: patchValue(value) };
}

function patchValue(text: string): unknown {
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1);
  const lower = text.toLowerCase();
  const plain = text === 'null' || lower === 'true' || lower === 'false' || /^[{[]/.test(text);
  const isNumber = text !== '' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  return plain || isNumber ? JSON.parse(text) : text;
}
