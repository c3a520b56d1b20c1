import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;

export type Refusal = { file: string; what: string };

/** The three ways in which the twin says that it does not know something, each with its words as a literal. */
const REFUSALS =
  /(?:new NotSimulated\(|notSimulated\.push\(|[^a-zA-Z]refuse\([a-z.]+host,)\s*(`[^`]*`|'[^']*'|"[^"]*")/g;

/** Everything that ends a rehearsal as not simulated, in the words of the sources, by file. */
export function refusals(): Refusal[] {
  return sources().flatMap((file) =>
    [...readFileSync(join(HERE, file), 'utf8').matchAll(REFUSALS)].map(([, literal = '']) => ({
      file,
      what: readable(literal.slice(1, -1)),
    })),
  );
}

function sources(): string[] {
  return readdirSync(HERE, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('fidelity'))
    .sort();
}

/** What is filled in at run time stands as ‹its name›; where in a template it was is left out. */
const readable = (text: string): string =>
  text
    .replace(/ \(\$\{at\.[^)]*\)$|, whose Metadata names no .*$/, '')
    .replaceAll("\\'", "'")
    .replace(/\$\{([^{}]*(?:\{[^{}]*\})?[^{}]*)\}/g, (_, expression: string) => `‹${lastName(expression)}›`)
    .replace(/,$/, '');

/** `visit.name` is a name; of anything more involved, the first. */
const lastName = (expression: string): string => {
  const [path = ''] = /^[A-Za-z.]+/.exec(expression) ?? [];
  return (
    path
      .split('.')
      .filter(Boolean)
      .at(/^[A-Za-z.]+$/.test(expression) ? -1 : 0) ?? '…'
  );
};

/**
 * Names that only a source tells, by what stands around them; each once, in order.
 * Throws when there are none, as the source has been written differently since.
 */
export function namesIn(file: string, pattern: RegExp): string[] {
  const found = [...readFileSync(join(HERE, file), 'utf8').matchAll(pattern)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  if (found.length === 0) throw new Error(`${file} has nothing like ${pattern}`);
  return [...new Set(found)];
}
