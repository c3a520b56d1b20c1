/** What no JSON text can hold. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** jsonata marks its own arrays; a mark that stayed on a payload would change what the next expression makes of it. */
const MARKS = ['sequence', 'keepSingleton', 'cons', 'outerWrapper', 'tupleStream'];

/**
 * The value as JSON would carry it: without jsonata's marks, without undefined members, without negative zero.
 * Answers the same object where nothing is to be changed. Throws NotJson for functions and infinities.
 */
export function plain(value: unknown): unknown {
  if (typeof value === 'function') throw new NotJson();
  if (typeof value === 'number') return plainNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? plainArray(value) : plainObject(value as Record<string, unknown>);
}

function plainNumber(value: number): number {
  if (!Number.isFinite(value)) throw new NotJson();
  return Object.is(value, -0) ? 0 : value;
}

function plainArray(array: unknown[]): unknown[] {
  let copy: unknown[] | undefined = MARKS.some((mark) => mark in array) ? [...array] : undefined;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    const clean = item === undefined ? null : plain(item);
    if (clean === item) continue;
    copy ??= [...array];
    copy[index] = clean;
  }
  return copy ?? array;
}

function plainObject(object: Record<string, unknown>): Record<string, unknown> {
  if (object._jsonata_function === true || object._jsonata_lambda === true) throw new NotJson();
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const member = object[key];
    const clean = plain(member);
    if (clean === member && member !== undefined) continue;
    copy ??= { ...object };
    if (clean === undefined) delete copy[key];
    else copy[key] = clean;
  }
  return copy ?? object;
}
