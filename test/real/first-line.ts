import type { ChildProcess } from 'node:child_process';

/** What a program says when it is ready. */
export function firstLine(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`${program} ended with ${status}`)));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve(said);
    });
  });
}
