import { ApiError } from '../api-error.ts';
import type { KubeObject } from '../host.ts';
import { same } from '../same.ts';

const broken = (message: string): ApiError =>
  new ApiError('Invalid', `the server rejected our request due to an error in our request: ${message}`);

/** RFC 6902. Copies only the containers along each path. */
export function jsonPatch(target: KubeObject, operations: KubeObject): KubeObject {
  if (!Array.isArray(operations)) throw new ApiError('BadRequest', 'a JSON patch is a list of operations');
  return operations.reduce((document, operation) => step(document, operation), target);
}

function step(document: KubeObject, { op, path, from, value }: KubeObject): KubeObject {
  const at = pointer(path);
  switch (op) {
    case 'add':
      return edit(document, at, (container, key) => put(container, key, value, true));
    case 'replace':
      if (at.length === 0) return value;
      read(document, at);
      return edit(document, at, (container, key) => put(container, key, value, false));
    case 'remove':
      read(document, at);
      return edit(document, at, take);
    case 'move': {
      const moved = read(document, pointer(from));
      const without = edit(document, pointer(from), take);
      return edit(without, at, (container, key) => put(container, key, moved, true));
    }
    case 'copy': {
      const copied = read(document, pointer(from));
      return edit(document, at, (container, key) => put(container, key, copied, true));
    }
    case 'test':
      if (!same(read(document, at), value)) throw broken(`testing value ${path} failed`);
      return document;
    default:
      throw broken(`unexpected kind: ${op}`);
  }
}

const pointer = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function read(document: KubeObject, path: string[]): KubeObject {
  let found = document;
  for (const key of path) {
    found = found === null || typeof found !== 'object' ? undefined : found[key];
    if (found === undefined) throw broken(`path /${path.join('/')} is missing`);
  }
  return found;
}

function edit(
  document: KubeObject,
  [key, ...rest]: string[],
  change: (container: KubeObject, key: string) => void,
): KubeObject {
  if (key === undefined) throw broken('the whole document cannot be added or removed');
  if (document === null || typeof document !== 'object') throw broken(`doc is missing path: /${key}`);
  const copy = Array.isArray(document) ? [...document] : { ...document };
  if (rest.length === 0) change(copy, key);
  else copy[key] = edit(copy[key], rest, change);
  return copy;
}

function put(container: KubeObject, key: string, value: KubeObject, insert: boolean): void {
  if (!Array.isArray(container)) container[key] = value;
  else if (key === '-') container.push(value);
  else if (Number(key) > container.length) throw broken(`invalid index ${key}`);
  else if (insert) container.splice(Number(key), 0, value);
  else container[Number(key)] = value;
}

function take(container: KubeObject, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}
