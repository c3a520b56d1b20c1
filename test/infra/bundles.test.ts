import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { bundleFunctions } from '../../infra/bundle.ts';

const run = promisify(execFile);
const KILOBYTE = 1000;
/** What is loaded at each cold start; the client of Kubernetes alone is over a megabyte. */
const PLAIN_MAX = 600 * KILOBYTE;
const KUBERNETES_MAX = 1_800 * KILOBYTE;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lifeboat-bundles-'));
  bundleFunctions(directory);
  writeFileSync(join(directory, 'plan.json'), JSON.stringify(parse(readFileSync('lifeboat.yaml', 'utf8'))));
});
afterAll(() => rmSync(directory, { recursive: true }));

const folders = readdirSync('functions', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const bundleOf = (folder: string): string => join(directory, folder, 'index.mjs');
const speaksKubernetes = (folder: string): boolean =>
  readFileSync(join('functions', folder, 'handler.ts'), 'utf8').includes('gateways/kubernetes/');

/** Starts a bundle in a process of its own, as Lambda does: importing it must be enough to make its handler. */
async function startedIn(folder: string): Promise<string> {
  const { env } = (await import(`../../functions/${folder}/env.ts`)) as { env: { shape: Record<string, unknown> } };
  const own = Object.fromEntries(
    Object.keys(env.shape).map((name) => [name, name === 'OBSERVER' ? 'control' : 'some-name']),
  );
  const lambda = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  const script = `console.log(typeof (await import(${JSON.stringify(pathToFileURL(bundleOf(folder)).href)})).handler)`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, ...lambda, ...own, PLAN_FILE: join(directory, 'plan.json') },
  });
  return stdout.trim();
}

describe('the bundle of each function', () => {
  it.each(folders)('%s keeps within its size', (folder) => {
    expect(statSync(bundleOf(folder)).size).toBeLessThan(speaksKubernetes(folder) ? KUBERNETES_MAX : PLAIN_MAX);
  });

  it('starts with its environment, and makes a handler', async () => {
    const started = await Promise.all(folders.map(async (folder) => [folder, await startedIn(folder)]));
    expect(started).toEqual(folders.map((folder) => [folder, 'function']));
  }, 120_000);
});
