import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunctions } from '../infra/bundle.ts';
import { regionLoss } from './example.ts';
import { median, ms, type Row } from './row.ts';

const PLAIN_KB = 600;
const KUBERNETES_KB = 1_800;
const IMPORT_MS = 100;

type Bundle = { folder: string; kubernetes: boolean; kilobytes: number; importMs: number };

/** Every function's bundle as it is deployed: its size, and how long Node needs to import it. */
export async function measureBundles(times: number): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
  try {
    bundleFunctions(directory);
    writeFileSync(join(directory, 'plan.json'), JSON.stringify(regionLoss().planInput));
    const bundles: Bundle[] = [];
    for (const folder of readdirSync(directory).filter((name) => !name.includes('.')))
      bundles.push(await measured(directory, folder, times));
    return [...rowsOf('plain bundle', PLAIN_KB, bundles), ...rowsOf('with Kubernetes', KUBERNETES_KB, bundles)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(directory: string, folder: string, times: number): Promise<Bundle> {
  const file = join(directory, folder, 'index.mjs');
  const handler = readFileSync(new URL(`../functions/${folder}/handler.ts`, import.meta.url), 'utf8');
  const env = await environmentOf(directory, folder);
  const took: number[] = [];
  for (let time = 0; time < times; time++) took.push(await importOnce(file, env));
  return {
    folder,
    kubernetes: handler.includes('gateways/kubernetes/'),
    kilobytes: statSync(file).size / 1000,
    importMs: median(took),
  };
}

/** What a function's environment holds here does not matter, only that it is whole. */
async function environmentOf(directory: string, folder: string): Promise<NodeJS.ProcessEnv> {
  const { env } = (await import(`../functions/${folder}/env.ts`)) as { env: { shape: Record<string, unknown> } };
  const own = Object.fromEntries(
    Object.keys(env.shape).map((name) => [name, name === 'OBSERVER' ? 'control' : 'a-name']),
  );
  const lambda = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  return { PATH: process.env.PATH, ...lambda, ...own, PLAN_FILE: join(directory, 'plan.json') };
}

/** In a process of its own, as at a cold start; what Node itself needs to start is not in it. */
async function importOnce(file: string, env: NodeJS.ProcessEnv): Promise<number> {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const begun = performance.now(); await import(${url}); console.log(performance.now() - begun); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  return Number(stdout);
}

function rowsOf(what: string, budgetKb: number, bundles: Bundle[]): Row[] {
  const own = bundles.filter(({ kubernetes }) => kubernetes === (what === 'with Kubernetes'));
  const largest = own.reduce((most, bundle) => (bundle.kilobytes > most.kilobytes ? bundle : most));
  const slowest = own.reduce((most, bundle) => (bundle.importMs > most.importMs ? bundle : most));
  return [
    {
      what: `largest ${what} of ${own.length}: ${largest.folder}`,
      measured: `${largest.kilobytes.toFixed(0)} KB`,
      budget: `${budgetKb} KB`,
      misses: largest.kilobytes > budgetKb,
    },
    {
      what: `  import, slowest: ${slowest.folder}`,
      measured: ms(slowest.importMs),
      budget: `${IMPORT_MS} ms`,
      misses: slowest.importMs > IMPORT_MS,
    },
    { what: '  import, median', measured: ms(median(own.map(({ importMs }) => importMs))) },
  ];
}
