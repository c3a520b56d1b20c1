#!/usr/bin/env node
// Lifeboat needs Node 24, which npm installs with the package; an older node of the host's hands over to it.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const main = join(dirname(fileURLToPath(import.meta.url)), '../src/cli/main.ts');

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
  await import(main);
} else {
  const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node');
  const { status, signal } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (signal) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}
