import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const FUNCTIONS = join(import.meta.dirname, '..', 'functions');

/** Every folder in `functions/`: one Lambda each. */
function functionFolders(): string[] {
  return readdirSync(FUNCTIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/**
 * Bundles `functions/<folder>/index.ts` into `<directory>/<folder>/index.mjs`, all in one go. The AWS SDK goes into
 * the bundle: the copy in Lambda's runtime is older than the APIs used here, and changes without us.
 */
export function bundleFunctions(directory: string, folders: string[] = functionFolders()): void {
  buildSync({
    entryPoints: folders.map((folder) => ({ in: join(FUNCTIONS, folder, 'index.ts'), out: join(folder, 'index') })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: {
      undici: join(import.meta.dirname, 'undici-stand-in.ts'),
      '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'credentials-stand-in.ts'),
    },
    // CommonJS packages inside an ES module still call require for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}
