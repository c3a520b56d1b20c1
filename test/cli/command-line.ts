import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/cli/program.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLES = new URL('./sample-rehearse.ts', import.meta.url).href;

export type Ended = { status: number; out: string; err: string };
type Where = { columns?: number; colour?: boolean; interactive?: boolean; directory?: string; rehearseModule?: string };

/** Runs a command line in this process, with made-up rehearsals, and catches what it writes. */
export async function lifeboat(args: string[], where: Where = {}): Promise<Ended> {
  const { columns = 80, colour = false, interactive = false, directory = ROOT, rehearseModule = SAMPLES } = where;
  const written = { out: '', err: '' };
  const output = (to: 'out' | 'err') => ({
    columns,
    colour,
    interactive,
    write: (text: string) => {
      written[to] += text;
    },
  });
  const status = await runProgram(args, {
    out: output('out'),
    err: output('err'),
    directory,
    rehearseModule,
    realRehearseModule: rehearseModule,
    debug: false,
  });
  return { status, ...written };
}
