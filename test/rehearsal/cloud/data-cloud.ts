import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Caller, Input } from '../../../src/rehearsal/cloud/service.ts';
import { type Judge, World } from '../../../src/rehearsal/cloud/world.ts';
import { Kernel } from '../../../src/rehearsal/kernel/kernel.ts';
import { Latencies, type Latency } from '../../../src/rehearsal/kernel/latencies.ts';

export const START = Date.parse('2026-03-01T04:30:00Z');
const ROLE: Caller = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/tester', session: 'test' };

const table: Record<string, Latency> = parse(
  readFileSync(new URL('../../../src/rehearsal/latencies.yaml', import.meta.url), 'utf8'),
);

/** A world whose latencies are fixed (seconds), but for those that are drawn, with an event bus that only remembers. */
export function emptyWorld({
  fixed = {},
  drawn = {},
  judge = () => undefined,
}: {
  fixed?: Record<string, number>;
  drawn?: Record<string, [low: number, high: number]>;
  judge?: Judge;
} = {}) {
  const kernel = new Kernel('test', START);
  const still = Object.fromEntries(
    Object.keys(table).map((name) => {
      const uniform = drawn[name];
      const shape = uniform === undefined ? { fixed: fixed[name] ?? 0 } : { uniform };
      return [name, { ...shape, grade: 'U', source: 'test' }];
    }),
  );
  const world = new World(kernel, new Latencies(still, kernel.random));
  world.judgeBy(judge);
  const events: Input[] = [];
  const bus = {
    id: 'eventbridge',
    operations: {},
    resources: {},
    publish: (region: string, busName: string, event: Input) =>
      void events.push({ region, busName, at: (kernel.now - START) / 1000, ...event }),
  };
  world.register(bus);
  return { world, kernel, events };
}

/** Runs virtual time forward by `seconds`. */
export const pass = (world: World, seconds: number): Promise<void> =>
  world.kernel.run(world.kernel.now + seconds * 1000);

/** Makes the call, runs time until it is answered, and gives the answer or throws the error. */
export async function ask(
  world: World,
  region: string,
  operation: `${string}:${string}`,
  input: Input,
  caller: Caller = ROLE,
): Promise<Input> {
  const [service = '', name = ''] = operation.split(':');
  let outcome: { answer: Input } | { error: unknown } | undefined;
  world.kernel.spawn(() =>
    world.call({ caller, from: region, region, service, operation: name, input }).then(
      (answer) => {
        outcome = { answer };
      },
      (error) => {
        outcome = { error };
      },
    ),
  );
  await world.kernel.run(world.kernel.now + 3_600_000, () => outcome !== undefined);
  if (outcome === undefined) throw new Error(`${operation} was never answered`);
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;
}

export const templatePlace = (region: string, logicalId: string, stack = 'stack') => ({
  region,
  stack,
  logicalId,
  metadata: {},
});
