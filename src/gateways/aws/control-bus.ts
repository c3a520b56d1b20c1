import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

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
    const Detail = JSON.stringify({ site: 'primary', observer, since });
    const entry = { EventBusName: this.#name, Source: 'lifeboat.prober', DetailType: 'Site Looks Down', Detail };
    const { FailedEntryCount, Entries } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount) throw new Error(`the bus ${this.#name} refused the event: ${Entries?.[0]?.ErrorMessage}`);
  }
}
