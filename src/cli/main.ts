import { statusOf } from './ending.ts';
import { runProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';
import { type Output, outputTo } from './terminal.ts';

/** A reader that has left, such as `head`, is no error: the rest is dropped, the exit status stays true. */
function quietWhenLeft(stream: NodeJS.WriteStream): Output {
  let left = false;
  const output = outputTo(stream, process.env);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    left = true;
  });
  const write = (text: string): void => {
    if (!left) output.write(text);
  };
  return { ...output, write };
}

const args = process.argv.slice(2);
const surroundings: Surroundings = {
  out: quietWhenLeft(process.stdout),
  err: quietWhenLeft(process.stderr),
  directory: process.cwd(),
  rehearseModule: new URL('../rehearsal/rehearse.ts', import.meta.url).href,
  realRehearseModule: new URL('../../test/real/rehearsal/rehearse.ts', import.meta.url).href,
  debug: Boolean(process.env.LIFEBOAT_DEBUG),
};
process.once('uncaughtException', (error) => process.exit(statusOf(error, args, surroundings)));
process.exitCode = await runProgram(args, surroundings);
