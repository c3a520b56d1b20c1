import type { StoredObject } from '../../s3/write.ts';

/** Of the objects that were written, in that order, those that do not come. */
export type LeftOut = (written: StoredObject[]) => StoredObject[];

export const all =
  (pattern: RegExp): LeftOut =>
  (written) =>
    written.filter(({ key }) => pattern.test(key));

export const first =
  (pattern: RegExp): LeftOut =>
  (written) =>
    all(pattern)(written).slice(0, 1);

export const last =
  (pattern: RegExp, many = 1): LeftOut =>
  (written) =>
    all(pattern)(written).slice(-many);
