import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanInput } from '../src/plan/schema.ts';
import { bundleFunctions } from './bundle.ts';

/** Directories that become assets: each function's code, and the layer with the plan. */
export type FunctionCode = {
  of(folder: string): string;
  /** A layer is unpacked into /opt: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
  planLayer: string;
};

/**
 * Makes the directories, lets `use` have them, and takes them away. A rehearsal runs each function from its source,
 * so with `bundle` off all share one line of code: nothing is bundled and next to nothing is fingerprinted.
 */
export function withFunctionCode(plan: PlanInput, bundle: boolean, use: (code: FunctionCode) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-'));
  try {
    const planLayer = directoryWith(join(directory, 'layer'), 'plan.json', JSON.stringify(plan));
    use({ of: bundle ? bundled(directory) : unbundled(directory), planLayer });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function bundled(directory: string): (folder: string) => string {
  bundleFunctions(directory);
  return (folder) => join(directory, folder);
}

function unbundled(directory: string): () => string {
  const shared = directoryWith(
    join(directory, 'unbundled'),
    'index.mjs',
    "throw new Error('synthesized without bundling: fit for a rehearsal, not for deployment');\n",
  );
  return () => shared;
}

function directoryWith(directory: string, file: string, text: string): string {
  mkdirSync(directory);
  writeFileSync(join(directory, file), text);
  return directory;
}
