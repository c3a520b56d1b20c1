/** Where a value is: names of fields and positions in lists. */
export type FieldPath = readonly (string | number)[];

/** One thing that is wrong with a file that a person wrote. */
export type PlanProblem = {
  file: string;
  /** Null when the input was no text, and has no lines. */
  line: number | null;
  /** Dotted, with positions in lists: `tiers.0.rto`. Empty when it is the file as a whole. */
  field: string;
  found: string;
  allowed: string;
  message: string;
};

/** One clear line: `lifeboat.yaml:12: tiers.0.rto: found "soon", allowed: a length of time such as 15m`. */
export function problemLine(problem: PlanProblem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}`;
  return [place, problem.field, problem.message].filter((part) => part !== '').join(': ');
}

export function problemAt(
  place: { file: string; line: number | null; path: FieldPath },
  found: string,
  allowed: string,
): PlanProblem {
  const field = place.path.join('.');
  return { file: place.file, line: place.line, field, found, allowed, message: `found ${found}, allowed: ${allowed}` };
}

const FOUND_LENGTH_MAX = 60;

/** A value as a message shows it: short, on one line. */
export function foundText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  const text = JSON.stringify(value);
  return text.length <= FOUND_LENGTH_MAX ? text : `${text.slice(0, FOUND_LENGTH_MAX)}…`;
}
