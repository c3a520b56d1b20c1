import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** An object that failed to replicate or is late, by the event as S3 names it. */
export type ReplicationTrouble = { bucket: string; key: string; versionId: string; event: string };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const ENTRIES_A_CALL = 10;

/** Lifeboat's own event bus, in the control region. */
export class ControlBus {
  readonly #client: EventBridgeClient;
  readonly #name: string;

  constructor(wires: Wires, controlRegion: string, name: string) {
    this.#client = connect(wires, EventBridgeClient, controlRegion);
    this.#name = name;
  }

  /** Starts a failover, or is answered by the one under way. */
  async siteLooksDown(observer: string, since: string): Promise<void> {
    await this.#tell([
      { Source: 'lifeboat.prober', DetailType: 'Site Looks Down', Detail: text({ site: 'primary', observer, since }) },
    ]);
  }

  /** Has the recovery points judged that these objects belong to. */
  async replicationTrouble(troubles: ReplicationTrouble[]): Promise<void> {
    const entries = troubles.map((trouble) => ({
      Source: 'lifeboat.replication',
      DetailType: 'Replication Trouble',
      Detail: text(trouble),
    }));
    for (let first = 0; first < entries.length; first += ENTRIES_A_CALL)
      await this.#tell(entries.slice(first, first + ENTRIES_A_CALL));
  }

  async #tell(events: PutEventsRequestEntry[]): Promise<void> {
    const entries = events.map((event) => ({ ...event, EventBusName: this.#name }));
    const { FailedEntryCount, Entries } = await this.#client.send(new PutEventsCommand({ Entries: entries }));
    if (!FailedEntryCount) return;
    const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
    throw new Error(`the bus ${this.#name} refused the event: ${refused?.ErrorMessage}`);
  }
}

const text = (detail: Record<string, string>): string => JSON.stringify(detail);
