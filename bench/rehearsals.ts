import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { deployed, regionLoss } from './example.ts';

/**
 * A process of its own: loads, synthesizes, and rehearses a region loss 3n times, one after the other.
 * `node bench/rehearsals.ts N` prints what it took as JSON.
 */
export type ManyRehearsals = {
  /** Modules, and every function's handler with its clients. */
  importSeconds: number;
  synthSeconds: number;
  /** Of each run, in order: the first ones are slower, as nothing is compiled yet. */
  cpuMs: number[];
  /** After n and after 3n runs, when what nobody holds has been collected. */
  rssMiB: [afterN: number, after3N: number];
  heapMiB: [afterN: number, after3N: number];
};

const MIB = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function rehearseMany(count: number): Promise<ManyRehearsals> {
  const begun = performance.now();
  const { rehearseAssembly } = await import('../src/rehearsal/rehearse.ts');
  const { importHandlers } = await import('../src/rehearsal/assembly/functions.ts');
  const options = regionLoss();
  const imported = performance.now();
  const { platform, assembly } = deployed(options);
  const synthesized = performance.now();
  await importHandlers(assembly);
  const loaded = performance.now();
  const cpuMs: number[] = [];
  const memory: NodeJS.MemoryUsage[] = [];
  for (let seed = 1; seed <= 3 * count; seed++) {
    const before = process.cpuUsage();
    await rehearseAssembly(platform, assembly, { ...options, seed, repeat: '' });
    const { user, system } = process.cpuUsage(before);
    cpuMs.push((user + system) / 1000);
    if (seed === count || seed === 3 * count) memory.push(await memoryNow());
  }
  const [early, late] = memory;
  if (early === undefined || late === undefined) throw new Error('at least one rehearsal must be run');
  return {
    // What Node itself needs to start is not in it.
    importSeconds: (imported - begun + loaded - synthesized) / 1000,
    synthSeconds: (synthesized - imported) / 1000,
    cpuMs,
    rssMiB: [early.rss / MIB, late.rss / MIB],
    heapMiB: [early.heapUsed / MIB, late.heapUsed / MIB],
  };
}

async function memoryNow(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 3; round++) {
    collect();
    await pause(20);
  }
  return process.memoryUsage();
}

console.log(JSON.stringify(await rehearseMany(Number(process.argv[2] ?? 3))));
