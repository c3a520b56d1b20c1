import { readdirSync, readFileSync } from 'node:fs';
import { describeDefinition, parseDefinition } from '../../src/rehearsal/asl/parse-definition.ts';
import type { Description } from '../../src/rehearsal/asl/state-machine.ts';

type Retrier = { ErrorEquals: string[]; MaxAttempts?: number };

/** A state as it is written, as far as the contracts look at it. */
type WrittenState = {
  Type: string;
  Resource?: string;
  Arguments?: { FunctionName?: string; StateMachineArn?: string; Payload?: Record<string, unknown>; Input?: unknown };
  TimeoutSeconds?: number | string;
  Retry?: Retrier[];
  Catch?: Retrier[];
  Error?: string;
};

/** One state: its name, and whether a state around it (Parallel, Map) catches what it throws. */
export type PlacedState = { machine: string; name: string; state: WrittenState; caughtOutside: boolean };

export type Machine = {
  name: string;
  timeoutSeconds: number | undefined;
  description: Description;
  states: PlacedState[];
};

type Container = WrittenState & { Branches?: Written[]; ItemProcessor?: Written };
type Written = { States: Record<string, Container>; TimeoutSeconds?: number };

/** Every state machine in `statemachines/`, parsed as AWS would. */
export const machines: Machine[] = readdirSync('statemachines').map((file) => {
  const text = readFileSync(`statemachines/${file}`, 'utf8');
  const written: Written = JSON.parse(text);
  const name = file.replace('.asl.json', '');
  return {
    name,
    timeoutSeconds: written.TimeoutSeconds,
    description: describeDefinition(parseDefinition(text)),
    states: statesOf(name, written, false),
  };
});

function statesOf(machine: string, { States }: Written, caughtOutside: boolean): PlacedState[] {
  return Object.entries(States).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    const caught = caughtOutside || state.Catch !== undefined;
    return [{ machine, name, state, caughtOutside }, ...inner.flatMap((one) => statesOf(machine, one, caught))];
  });
}

/** The tasks that call a function of ours. */
export const functionTasks: PlacedState[] = machines
  .flatMap(({ states }) => states)
  .filter(({ state }) => state.Arguments?.FunctionName !== undefined);

/** `${ConfirmLoss}` is functions/confirm-loss. */
export const folderOf = ({ state }: PlacedState): string =>
  (state.Arguments?.FunctionName ?? '')
    .replace(/^\$\{(\w+)\}$/, '$1')
    .replaceAll(/(?!^)([A-Z])/g, '-$1')
    .toLowerCase();

export const folders: string[] = readdirSync('functions', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
