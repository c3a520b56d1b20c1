import { LineCounter, parseAllDocuments, type ScalarTag } from 'yaml';
import { isBinary, offsetOf, type ReadDocument, readDocument, syntaxProblems, YAML_OPTIONS } from './document.ts';
import { type PlanProblem, problemAt } from './problem.ts';

/**
 * `defaultMode: 0644` is octal to Kubernetes, whose YAML is 1.1, and not to YAML 1.2. (Of 1.1's other peculiarities,
 * `yes` and `on` stay text here: where Kubernetes wants text, it refuses the booleans that 1.1 would make of them.)
 * https://yaml.org/type/int.html
 */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

/** Reads every document of a YAML or JSON text; those that are empty are left out. */
export function readDocuments(text: string, file: string): ReadDocument[] | { problems: PlanProblem[] } {
  const refuse = (found: string, allowed: string) => ({
    problems: [problemAt({ file, line: 1, path: [] }, found, allowed)],
  });
  // What PowerShell writes, for one: UTF-16, read as if it were UTF-8.
  if (isBinary(text)) return refuse('text that is not UTF-8', 'YAML or JSON in UTF-8');
  const json = readJson(text, file);
  if (json) return [json];
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      ...YAML_OPTIONS,
      customTags: (tags) => [octal, ...tags],
    });
    const broken = documents.find((document) => document.errors.length > 0);
    if (broken) return { problems: syntaxProblems(broken.errors, text, file, lines) };
    return documents
      .map((document) => ({
        value: document.toJS() as unknown,
        lineOf: (path: readonly (string | number)[]) => lines.linePos(offsetOf(document, path)).line,
      }))
      .filter(({ value }) => value !== null && value !== undefined);
  } catch (error) {
    return refuse(`text that cannot be read as YAML (${(error as Error).message})`, 'YAML');
  }
}

/** JSON is YAML too, but a large export is read much faster as what it is; its lines are looked up when asked for. */
function readJson(text: string, file: string): ReadDocument | undefined {
  const trimmed = text.replace(/^\uFEFF/, '');
  if (!/^\s*\{/.test(trimmed)) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return {
      value,
      lineOf: (path) => {
        const document = readDocument(text, file);
        return 'problems' in document ? 1 : document.lineOf(path);
      },
    };
  } catch {
    return undefined; // YAML's own braces, or a mistake that is told with its line below
  }
}
