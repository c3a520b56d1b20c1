import type { TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';
import type { Place } from './place.ts';

/** What a gateway is asked, and what it must answer wherever that is: plain data, or the name of an error. */
export type Case<G> = {
  title: string;
  ask: (gateway: G, place: Place) => Promise<unknown>;
  answers: unknown;
  /** Asked of moto alone: the twin's own world never has this, and says so by `NotSimulated`. */
  only?: 'moto';
  /** What moto answers instead, where it is known to differ: the line in `src/rehearsal/second-opinions.yaml`. */
  moto?: { differs: string; answers: unknown };
};

/** A gateway's cases, by the method that they are about. */
export type Suite<G> = {
  gateway: { readonly name: string; readonly prototype: object };
  /** What the cases find deployed; the same template on both sides. */
  resources: Record<string, TemplateResource>;
  connect: (place: Place) => G;
  cases: Partial<Record<Extract<keyof G, string>, Case<G>[]>>;
};

// biome-ignore lint/suspicious/noExplicitAny: suites of any gateway stand in one list
export type AnySuite = Suite<any>;

/** The name of the error that this ends with. */
export async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error.name;
    throw error;
  }
  return 'none';
}
