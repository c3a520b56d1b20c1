import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type FieldPath, type PlanProblem, problemAt } from './problem.ts';

/** Merge keys as people use them; keys are names; nothing is written to the console. */
export const YAML_OPTIONS = { prettyErrors: false, merge: true, stringKeys: true, logLevel: 'error' } as const;

/** A YAML text that has been read: its value, and the line of every field in it. */
export type ReadDocument = { value: unknown; lineOf(path: FieldPath): number };

/** Reads one YAML document. What is not YAML is told once: what follows a first error is mostly its echo. */
export function readDocument(text: string, file: string): ReadDocument | { problems: PlanProblem[] } {
  const lines = new LineCounter();
  const problem = (line: number, found: string, allowed: string) => ({
    problems: [problemAt({ file, line, path: [] }, found, allowed)],
  });
  if (isBinary(text)) return problem(1, 'text that is not UTF-8', 'YAML in UTF-8');
  try {
    const document = parseDocument(text, { lineCounter: lines, ...YAML_OPTIONS });
    if (document.errors.length > 0) return { problems: syntaxProblems(document.errors, text, file, lines) };
    const value: unknown = document.toJS();
    return { value, lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
  } catch (error) {
    // Too many aliases, or nested too deep to be read: not a file that a person wrote.
    return problem(1, `text that cannot be read as YAML (${(error as Error).message})`, 'YAML');
  }
}

/** Bytes that are no UTF-8 have become U+FFFD; its beginning tells a file that is something else altogether. */
export const isBinary = (text: string): boolean => /[\0\uFFFD]/.test(text.slice(0, 200));

/** Keys given twice are told each; of everything else, the first. */
export function syntaxProblems(
  errors: readonly YAMLError[],
  text: string,
  file: string,
  lines: LineCounter,
): PlanProblem[] {
  const duplicates = errors.filter((error) => error.code === 'DUPLICATE_KEY');
  const others = errors.filter((error) => error.code !== 'DUPLICATE_KEY').slice(0, 1);
  return [...others, ...(others.length > 0 ? [] : duplicates)].map((error) => {
    const place = { file, line: lines.linePos(error.pos[0]).line, path: [] };
    if (error.code === 'DUPLICATE_KEY') {
      const key = /^[^\s:]+/.exec(text.slice(error.pos[0], error.pos[0] + 80))?.[0] ?? '';
      return problemAt(place, `the field ${key} twice`, 'each field once');
    }
    if (error.code === 'MULTIPLE_DOCS') return problemAt(place, 'a second document', 'one document');
    return problemAt(place, `text that is not YAML (${sentence(error.message)})`, 'YAML');
  });
}

const sentence = (message: string): string => message.replace(/\s+/g, ' ').slice(0, 200);

/** The place of a field; of a field that is missing, the place of the map that it is missing from. */
export function offsetOf(document: Document, path: FieldPath): number {
  let offset = start(document.contents);
  let node: unknown = document.contents;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === `${step}`,
      );
      if (!pair) break;
      offset = start(pair.key);
      node = resolved(document, pair.value);
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      offset = isPair(item) ? start(item.key) : start(item);
      node = resolved(document, item);
    } else break;
  }
  return offset;
}

const start = (node: unknown): number => (node as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0;

/** Through an alias, to what it stands for. */
function resolved(document: Document, node: unknown): unknown {
  const alias = node as { resolve?: (document: Document) => unknown } | null;
  return typeof alias?.resolve === 'function' ? alias.resolve(document) : node;
}
