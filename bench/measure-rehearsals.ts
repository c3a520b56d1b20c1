import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ManyRehearsals } from './rehearsals.ts';
import { median, ms, type Row } from './row.ts';

const CPU_BUDGET_MS = 100;
const LOAD_BUDGET_SECONDS = 5;
/** What a heap may have grown by after three times as many runs, before it is called growing. */
const GROWTH_MAX_MIB = 10;

/** One process, many rehearsals: CPU of each, what loading takes, and whether memory stays. */
export async function measureRehearsals(count: number): Promise<Row[]> {
  const script = new URL('./rehearsals.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(count)]);
  const seen = JSON.parse(stdout) as ManyRehearsals;
  const [first = 0] = seen.cpuMs;
  const cpu = median(seen.cpuMs.slice(count));
  const load = seen.importSeconds + seen.synthSeconds;
  const [heapN, heap3N] = seen.heapMiB;
  const [rssN, rss3N] = seen.rssMiB;
  return [
    {
      what: `region-loss, CPU, median of ${seen.cpuMs.length - count} warm ones`,
      measured: ms(cpu),
      budget: `${CPU_BUDGET_MS} ms`,
      misses: cpu > CPU_BUDGET_MS,
    },
    { what: 'region-loss, CPU, the first of its process', measured: ms(first) },
    {
      what: 'synth and load',
      measured: `${load.toFixed(1)} s`,
      budget: `under ${LOAD_BUDGET_SECONDS} s`,
      misses: load >= LOAD_BUDGET_SECONDS,
    },
    { what: '  of that the CDK, in process and unbundled', measured: `${seen.synthSeconds.toFixed(1)} s` },
    {
      what: `heap after ${count} and after ${3 * count} rehearsals, collected`,
      measured: `${heapN.toFixed(0)} → ${heap3N.toFixed(0)} MiB`,
      budget: 'flat',
      misses: heap3N - heapN > GROWTH_MAX_MIB,
    },
    { what: '  resident, which the system gives back late', measured: `${rssN.toFixed(0)} → ${rss3N.toFixed(0)} MiB` },
  ];
}
