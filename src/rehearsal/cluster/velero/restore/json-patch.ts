import type { KubeObject } from '../../host.ts';
import { same } from '../../same.ts';

export type JsonPatchOperation = { op: string; path: string; from?: string; value?: unknown };

/** A `test` that did not hold. Velero leaves the object as it was, and goes on. */
export class TestFailed extends Error {
  override readonly name = 'TestFailed';
}

/** A path that does not lead anywhere. */
export class MissingPath extends Error {
  override readonly name = 'MissingPath';
}

/** RFC 6902 as github.com/evanphx/json-patch/v5 applies it. Gives a patched copy. */
export function applyJsonPatch(document: KubeObject, operations: JsonPatchOperation[]): KubeObject {
  const root = { document: structuredClone(document) };
  for (const operation of operations) apply(root, operation);
  return root.document;
}

function apply(root: KubeObject, operation: JsonPatchOperation): void {
  const { op, path } = operation;
  if (op === 'test') {
    if (!same(read(root, path, op), operation.value ?? null))
      throw new TestFailed(`testing value ${path} failed: test failed`);
  } else if (op === 'remove') remove(root, path, op);
  else if (op === 'replace') {
    read(root, path, op);
    write(root, path, operation.value ?? null, op, true);
  } else if (op === 'add') write(root, path, operation.value ?? null, op);
  else if (op === 'copy') write(root, path, structuredClone(read(root, operation.from ?? '', op)), op);
  else if (op === 'move') {
    const value = read(root, operation.from ?? '', op);
    remove(root, operation.from ?? '', op);
    write(root, path, value, op);
  } else throw new Error(`unexpected kind: ${op}`);
}

const missing = (op: string, path: string): MissingPath =>
  new MissingPath(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);

function parts(path: string): string[] {
  const [, ...keys] = `/document${path}`.split('/');
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function parentOf(root: KubeObject, path: string, op: string): [parent: KubeObject, key: string] {
  const keys = parts(path);
  const last = keys.pop() ?? '';
  let parent = root;
  for (const key of keys) {
    parent = Array.isArray(parent) ? parent[index(parent, key, op, path)] : parent?.[key];
    if (parent === null || typeof parent !== 'object') throw missing(op, path);
  }
  return [parent, last];
}

function index(array: unknown[], key: string, op: string, path: string): number {
  if (!/^-?\d+$/.test(key)) throw missing(op, path);
  const at = Number(key) < 0 ? array.length + Number(key) : Number(key);
  if (at < 0 || at >= array.length) throw missing(op, path);
  return at;
}

function read(root: KubeObject, path: string, op: string): unknown {
  const [parent, key] = parentOf(root, path, op);
  if (Array.isArray(parent)) return parent[index(parent, key, op, path)];
  if (!Object.hasOwn(parent, key)) {
    // A test against null holds where there is nothing.
    if (op === 'test') return null;
    throw missing(op, path);
  }
  return parent[key];
}

function write(root: KubeObject, path: string, value: unknown, op: string, replace = false): void {
  const [parent, key] = parentOf(root, path, op);
  if (!Array.isArray(parent)) parent[key] = value;
  else if (replace) parent[index(parent, key, op, path)] = value;
  else if (key === '-') parent.push(value);
  else if (Number(key) === parent.length) parent.push(value);
  else parent.splice(index(parent, key, op, path), 0, value);
}

function remove(root: KubeObject, path: string, op: string): void {
  const [parent, key] = parentOf(root, path, op);
  if (Array.isArray(parent)) parent.splice(index(parent, key, op, path), 1);
  else if (Object.hasOwn(parent, key)) delete parent[key];
  else throw missing(op, path);
}
