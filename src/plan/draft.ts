import type { PlanInput } from './schema.ts';

type Holed<T> = T extends readonly (infer Item)[]
  ? (Holed<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Holed<T[Key]> | undefined }
    : T;

/** A plan as written, in which anything may be missing; what is there has the right shape. */
export type Draft = Holed<PlanInput>;

export type Item<T> = NonNullable<T> extends readonly (infer One)[] ? NonNullable<One> : never;
export type Part = { name?: string | undefined; namespaces?: (string | undefined)[] | undefined };

/** The items of a list that are there, with their places. */
export const items = <T>(list: readonly (T | undefined)[] | undefined): { item: T; index: number }[] =>
  (list ?? []).flatMap((item, index) => (item === undefined || item === null ? [] : [{ item, index }]));

/** Whether a list is all there: only then can anything be said of what it lacks. */
export const whole = (list: readonly unknown[] | undefined): boolean =>
  list?.every((item) => item !== undefined) ?? false;
