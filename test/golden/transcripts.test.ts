import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lifeboat } from '../cli/command-line.ts';

/** Made-up rehearsals, so that these say how things are shown and nothing else. */
const TRANSCRIPTS: [name: string, args: string[]][] = [
  ['recovered', ['rehearse', 'region-loss', '--seed', '1']],
  ['held', ['rehearse', 'both-regions', '--seed', '1']],
  ['broken-invariant', ['rehearse', 'region-loss', '--seed', '13']],
  ['failed-expectation', ['rehearse', 'region-loss', '--seed', '14']],
];

describe('what the command line prints', () => {
  for (const [name, args] of TRANSCRIPTS)
    for (const columns of [80, 40])
      it(`is as in ${name}-${columns}.out`, async () => {
        const { status, out, err } = await lifeboat(args, { columns });
        expect(err).toBe('');
        matches(`${name}-${columns}.out`, `$ npx lifeboat ${args.join(' ')}\n${out}exit ${status}\n`);
      });
});

describe('a narrow terminal', () => {
  it('gets no line that is wider than itself, but for the first and for the command that repeats it', async () => {
    const { out } = await lifeboat(['rehearse', 'region-loss', '--seed', '13'], { columns: 40 });
    const lines = out.trimEnd().split('\n').slice(1, -1);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
  });
});

/** Rewritten by `UPDATE_GOLDEN=1 npm test`; read the difference before it is kept. */
function matches(file: string, text: string): void {
  const path = new URL(file, import.meta.url);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : `no ${file}`).toBe(text);
}
