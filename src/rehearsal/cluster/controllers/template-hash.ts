import { hash } from '../../kernel/random.ts';
import type { KubeObject } from '../host.ts';

const known = new WeakMap<KubeObject, string>();
/** Kubernetes' letters for hashes in names: no vowels, so no words. k8s.io/apimachinery/pkg/util/rand */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name for a pod template: equal templates have equal ones, in every cluster. */
export function templateHash(template: KubeObject): string {
  let text = known.get(template);
  if (text === undefined) {
    text = letters(hash(canonical(template)));
    known.set(template, text);
  }
  return text;
}

function letters(value: number): string {
  let text = '';
  for (let rest = value; text.length < 8; rest = Math.floor(rest / LETTERS.length))
    text += LETTERS[rest % LETTERS.length];
  return text;
}

function canonical(value: KubeObject): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${key}:${canonical(value[key])}`).join(',')}}`;
}
