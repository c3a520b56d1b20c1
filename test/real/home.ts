import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for all that this process has; those of others that were killed without a chance to end are removed. */
export function makeHome(prefix: string): string {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(prefix)))
    if (!existsSync(`/proc/${name.slice(prefix.length)}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  const home = join(tmpdir(), `${prefix}${process.pid}`);
  mkdirSync(home, { mode: 0o700 });
  return home;
}
