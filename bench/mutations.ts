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
  const unnoticed = all.filter((mutation) => !mutation.noticed).map(({ kind, what }) => `${kind}: ${what}`);
  for (const [why, group] of Map.groupBy(unnoticed, whyOf)) {
    console.log(`\n  ${why}`);
    for (const name of group) console.log(`    ${name}`);
  }
}

/** Why a mistake may be missed by one region loss; the first that fits. */
const REASONS: [about: RegExp, why: string][] = [
  [/ask-approval/, 'Nobody is asked; in the scenario region-loss-approved somebody is.'],
  [/logs:|xray:/, 'Denied, if at all, before the scenario begins: what starts cold there is not watched yet.'],
  [/DeadLetters|sqs:SendMessage/, 'Dead letters: nothing fails to be delivered for as long as it takes to send one.'],
  [/AccessLogs/, 'S3 delivers access logs hours later, outside of any rehearsal; the twin writes none.'],
  [/PeoplePolicy|BusPolicy/, "The sender's own policy allows it, too; within one account either is enough."],
  [/detail-type/, 'Alarms and probers each start the failover and vote on it; without one of them the other does.'],
  [/schedule-/, 'Its schedule is hourly, and what it starts has been started by the operator after the deployment.'],
  [/replicate-to-primary/, 'The way home: nothing is written in the standby that must come back before a failback.'],
  [/fence/, 'The old site does not answer within the scenario.'],
  [/Deny /, 'What is denied is tried by nobody.'],
  [/s3:ListBucket|sns:Publish/, 'Needed only when something is missing that is there, or fails that works.'],
];

const whyOf = (name: string): string => REASONS.find(([about]) => about.test(name))?.[1] ?? 'Not explained.';

if (parentPort === null) await judgeAll(process.argv[2] ?? '');
else await judgeShare(workerData);
