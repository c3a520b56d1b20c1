import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SECOND_OPINIONS } from '../../../src/rehearsal/fidelity-second-opinions.ts';
import { type Play, play, type Went } from './asl/execution.ts';
import { FLOW_MACHINES } from './asl/flow-machines.ts';
import { generatedMachines } from './asl/generated.ts';
import { GROUP_MACHINES } from './asl/group-machines.ts';
import { MACHINE_RESOURCES, TASK_MACHINES } from './asl/task-machines.ts';
import { motoPlace } from './moto-place.ts';
import { ACCOUNT, REGION } from './place.ts';
import { twinPlace } from './twin-place.ts';

const MACHINES = { ...FLOW_MACHINES, ...GROUP_MACHINES, ...TASK_MACHINES };

/** Plays a machine on the twin and on moto, each on fresh ground. */
async function played(machine: Play): Promise<[twin: Went, moto: Went]> {
  const went: Went[] = [];
  for (const place of [twinPlace(), await motoPlace()]) {
    await place.deploy(MACHINE_RESOURCES);
    const { events, ...rest } = await place.during(() => play(place, machine));
    went.push({ ...rest, events: machine.unordered ? events.sort() : events });
  }
  return went as [Went, Went];
}

/** The same every time: what is found today is found tomorrow. */
const GENERATED = { seed: 20260301, numRuns: 100 };

describe('a state machine goes the same way: ', () => {
  it.each(Object.entries(MACHINES))('%s', async (_, machine) => {
    const [twin, moto] = await played(machine);
    expect(moto).toEqual({ ...twin, ...machine.moto?.goes });
  });

  it('as anything that can be generated of Pass, Choice, Map, Parallel and Fail', async () => {
    await fc.assert(
      fc.asyncProperty(generatedMachines, async (machine) => {
        const [twin, moto] = await played(machine);
        expect(moto).toEqual(twin);
      }),
      GENERATED,
    );
  });
});

describe('the machines that are deployed', () => {
  const files = readdirSync('statemachines');
  const definitionIn = (file: string): object =>
    JSON.parse(
      readFileSync(join('statemachines', file), 'utf8').replaceAll(
        /\$\{(\w+)\}/g,
        `arn:aws:lambda:${REGION}:${ACCOUNT}:function:$1`,
      ),
    );

  it.each(files)('are taken, such as %s', async (file) => {
    for (const place of [twinPlace(), await motoPlace()]) await place.machine('deployed', definitionIn(file));
  });

  it('would be refused if they led nowhere', async () => {
    for (const place of [twinPlace(), await motoPlace()]) {
      const nowhere = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pas', End: true } } };
      await expect(place.machine('nowhere', nowhere)).rejects.toThrow();
    }
  });
});

it('knows of no difference but the listed ones, and lists none that is not seen', () => {
  const seen = Object.values(MACHINES).flatMap(({ moto }) => moto?.differs ?? []);
  const ofMachines = Object.keys(SECOND_OPINIONS).filter((name) => name.startsWith('asl-'));
  expect([...new Set(seen)].sort()).toEqual(ofMachines.sort());
});
