import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { MUTATION_KINDS, type Mutation, mutationsOf } from '../test/scenarios/assembly-mutations.ts';
import { assemblyCopy, complaints, runChanged } from '../test/scenarios/scene.ts';

/**
 * Breaks the example's assembly in every single way that test/scenarios/assembly-mutations.ts knows, rehearses the
 * loss of the region with each, and prints which of them nobody noticed: `node bench/mutations.ts [part of a name]`.
 */
type Verdict = { index: number; noticed: boolean };

async function isNoticed(mutation: Mutation): Promise<boolean> {
  const assembly = assemblyCopy();
  mutation.apply(assembly);
  return complaints(await runChanged(assembly)) !== '';
}

/** Every n-th mutation in each thread: a thread needs nothing but its number. */
async function judgeShare(share: { part: string; of: number; at: number }): Promise<void> {
  for (const [index, mutation] of chosen(share.part).entries())
    if (index % share.of === share.at)
      parentPort?.postMessage({ index, noticed: await isNoticed(mutation) } satisfies Verdict);
}

const chosen = (part: string): Mutation[] =>
  mutationsOf(assemblyCopy()).filter(({ kind, what }) => `${kind} ${what}`.includes(part));

async function judgeAll(part: string): Promise<void> {
  const before = complaints(await runChanged(assemblyCopy()));
  if (before !== '') throw new Error(`nothing can be told: without any mutation a rehearsal says ${before}`);
  const mutations = chosen(part);
  const of = Math.min(availableParallelism(), mutations.length);
  const verdicts: Verdict[] = [];
  await Promise.all(
    Array.from({ length: of }, (_, at) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { part, of, at } });
      return new Promise((resolve, reject) => {
        worker.on('message', (verdict: Verdict) => {
          verdicts.push(verdict);
          process.stderr.write(`\r${verdicts.length} of ${mutations.length}`);
        });
        worker.on('error', reject);
        worker.on('exit', resolve);
      });
    }),
  );
  process.stderr.write('\n');
  print(mutations, new Set(verdicts.filter(({ noticed }) => noticed).map(({ index }) => index)));
}

function print(mutations: Mutation[], noticed: Set<number>): void {
  const all = mutations.map((mutation, index) => ({ ...mutation, noticed: noticed.has(index) }));
  for (const kind of MUTATION_KINDS) {
    const own = all.filter((mutation) => mutation.kind === kind);
    if (own.length > 0) console.log(`${kind}: ${own.filter((one) => one.noticed).length} of ${own.length} noticed`);
  }
  console.log(`\nall: ${noticed.size} of ${all.length} noticed\n\nnot noticed by region-loss alone:`);
  for (const mutation of all) if (!mutation.noticed) console.log(`  ${mutation.kind}: ${mutation.what}`);
}

if (parentPort === null) await judgeAll(process.argv[2] ?? '');
else await judgeShare(workerData);
