import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { clientOf, type Place, until } from '../place.ts';

export type Play = {
  definition: object;
  input?: unknown;
  /** Branches run at once: only what happens is compared, not in which order. */
  unordered?: true;
  /** Where moto is known to go otherwise: the line in `src/rehearsal/second-opinions.yaml`, and how it goes. */
  moto?: { differs: string; goes: Partial<Went> };
};

/** How an execution went, as far as anybody can compare it. */
export type Went = { status: string; output?: unknown; error?: string | undefined; events: string[] };

let executions = 0;

export async function play(place: Place, { definition, input = {} }: Play): Promise<Went> {
  const client = clientOf(place, SFNClient);
  const stateMachineArn = await place.machine(`machine-${++executions}`, definition);
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name: 'one', input: JSON.stringify(input) }),
  );
  const end = await until(place, async () => {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
  const { status = '', output, error } = end;
  const events = trace(await history(client, executionArn ?? ''));
  return { status, ...(output === undefined ? { error } : { output: parsed(output) }), events };
}

async function history(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, ...(nextToken && { nextToken }) }));
    all.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return all;
}

/** Types of events in their order, with the names of states. */
const trace = (events: HistoryEvent[]): string[] =>
  events.map(({ type, stateEnteredEventDetails, stateExitedEventDetails }) =>
    `${type} ${stateEnteredEventDetails?.name ?? stateExitedEventDetails?.name ?? ''}`.trim(),
  );

/** What is no JSON stays recognizable as such. */
function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return { unquoted: output };
  }
}
