import type { Clients } from '../clients.ts';
import type { InvariantResult, StoreResult } from '../result.ts';
import type { Twin } from '../twin.ts';

/** What an invariant may look at while a scenario runs; it looks on from the scenario's beginning and changes nothing. */
export type Watched = {
  twin: Twin;
  clients: Clients;
  /** When each region was lost, by region; those that came back are not in it. */
  lost: ReadonlyMap<string, number>;
  /** Whether an operator's word has started a run. */
  operatorStarted: boolean;
  /** The stores as they came out; empty until the scenario has ended. */
  stores: StoreResult[];
};

export type Verdict = { held: boolean; detail: string };

/** Begins to watch; what it answers is asked once, when the scenario has ended. */
export type Invariant = { id: InvariantResult['id']; watch: (watched: Watched) => () => Verdict };

export const NOT_EXERCISED: Verdict = { held: true, detail: 'not exercised' };
export const held = (detail: string): Verdict => ({ held: true, detail });
export const broken = (detail: string): Verdict => ({ held: false, detail });
