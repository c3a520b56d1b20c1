import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** The state machines, as an operator starts and answers them. */
export class Machines {
  readonly #client: SFNClient;

  constructor(wires: Wires, controlRegion: string) {
    this.#client = connect(wires, SFNClient, controlRegion);
  }

  /** The execution's ARN. @param name unique per machine; the same name and input again is the same execution */
  async start(stateMachineArn: string, name: string, input: unknown): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    return (await this.#client.send(command)).executionArn ?? '';
  }

  /** Ends the wait that this token belongs to. */
  async answer(taskToken: string, output: unknown): Promise<void> {
    await this.#client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
  }
}
