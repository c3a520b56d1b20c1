import { FieldReader } from './field-reader.ts';
import type { Catcher, Recovery, Retrier } from './recovery.ts';
import type { Program } from './state-machine.ts';
import type { Exit, Visit } from './visit.ts';

/** One of the eight state types: its JSONata fields, how they are read, and what it does. A file each, in states/. */
export type StateType = {
  /** Besides Type, Comment and QueryLanguage, which every state may have. */
  fields: readonly string[];
  parse(reader: StateReader): StateBody;
};

export type StateBody = {
  /** Where it leads without an error. Undefined is the end. */
  next: readonly (string | undefined)[];
  recovery?: Recovery;
  run: (visit: Visit) => Promise<Exit>;
};

/** Reads a state; reads the programs within it. */
export class StateReader extends FieldReader {
  readonly #program: (raw: unknown, path: string) => Program;

  constructor(
    raw: Record<string, unknown>,
    at: ConstructorParameters<typeof FieldReader>[1] & { program: (raw: unknown, path: string) => Program },
  ) {
    super(raw, at);
    this.#program = at.program;
  }

  /** The program in an ItemProcessor or a branch. */
  program(raw: unknown, path: string): Program {
    return this.#program(raw, path);
  }

  /** `Next`, or undefined for `End: true`: a state has exactly one of them. */
  transition(): string | undefined {
    if (this.has('End') && typeof this.raw.End !== 'boolean') this.problem('Expected a boolean', 'End');
    if (this.has('Next') === (this.raw.End === true)) this.problem("A state has either 'Next' or 'End: true'");
    return this.string('Next');
  }

  recovery(): Recovery {
    const retry = this.parts('Retry').map((reader, index, all) => readRetrier(reader, index === all.length - 1));
    const catchers = this.parts('Catch').map((reader, index, all) => readCatcher(reader, index === all.length - 1));
    return { retry, catch: catchers };
  }
}

const RETRIER = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const CATCHER = ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'];
const MAX_SECONDS = 99_999_999;

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
function readRetrier(reader: FieldReader, last: boolean): Retrier {
  supports(reader, RETRIER);
  const intervalSeconds = reader.constantNumber('IntervalSeconds', { min: 1, max: MAX_SECONDS, whole: true }) ?? 1;
  const maxDelay = { min: intervalSeconds + 1, max: 31_622_399, whole: true };
  const jitter = reader.string('JitterStrategy') ?? 'NONE';
  if (jitter !== 'FULL' && jitter !== 'NONE') reader.problem('It is FULL or NONE', 'JitterStrategy');
  return {
    errorEquals: readErrorEquals(reader, last),
    intervalSeconds,
    maxAttempts: reader.constantNumber('MaxAttempts', { min: 0, max: MAX_SECONDS, whole: true }) ?? 3,
    backoffRate: reader.constantNumber('BackoffRate', { min: 1, max: Number.MAX_VALUE, whole: false }) ?? 2,
    maxDelaySeconds: reader.constantNumber('MaxDelaySeconds', maxDelay),
    jitter: jitter === 'FULL' ? 'FULL' : 'NONE',
  };
}

function readCatcher(reader: FieldReader, last: boolean): Catcher {
  supports(reader, CATCHER);
  return {
    errorEquals: readErrorEquals(reader, last),
    next: reader.requiredString('Next'),
    assign: reader.assign('errorOutput'),
    output: reader.template('Output', 'errorOutput'),
  };
}

function readErrorEquals(reader: FieldReader, last: boolean): string[] {
  const names = reader.raw.ErrorEquals;
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string')) {
    reader.problem('Expected a non-empty array of strings', 'ErrorEquals');
    return [];
  }
  if (names.includes('States.ALL') && (names.length > 1 || !last))
    reader.problem('States.ALL must appear alone, and in the last element', 'ErrorEquals');
  for (const name of names) reader.findings.description.errorEquals.push({ state: reader.state, name });
  return names;
}

/** Reports every field that is not among these. */
export function supports(reader: FieldReader, fields: readonly string[]): void {
  for (const field of Object.keys(reader.raw))
    if (!fields.includes(field)) reader.problem(`Field '${field}' is not supported`);
}
