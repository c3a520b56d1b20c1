import { NotSimulated } from '../kernel/not-simulated.ts';
import { checkFlow, checkScopes } from './check-flow.ts';
import { FieldReader, type Findings, isObject, type ScopeNames } from './field-reader.ts';
import { InvalidDefinition } from './invalid-definition.ts';
import { FUNCTION_NAMES } from './jsonata/functions.ts';
import type { Description, Program, State, StateMachine } from './state-machine.ts';
import { StateReader, supports } from './state-type.ts';
import { STATE_TYPES } from './state-types.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const MAX_BYTES = 1024 * 1024;

const parsed = new Map<string, StateMachine>();

/**
 * Checks and compiles a definition, once for each text.
 * Throws InvalidDefinition for what CreateStateMachine refuses, and NotSimulated for JSONPath and Distributed Map.
 */
export function parseDefinition(text: string): StateMachine {
  let machine = parsed.get(text);
  if (machine === undefined) {
    machine = parse(text);
    parsed.set(text, machine);
  }
  return machine;
}

/** What a definition names: tasks and their functions, ErrorEquals, errors of Fail states, variables. */
export function describeDefinition(machine: StateMachine): Description {
  return machine.description;
}

function parse(text: string): StateMachine {
  const raw = readJson(text);
  const findings: Findings = { problems: [], description: emptyDescription(), notSimulated: [], jsonPath: [] };
  const scope: ScopeNames = { outer: undefined, assigned: new Map(), inner: [] };
  const reader = new FieldReader(raw, { path: '', state: '', findings, scope });
  supports(reader, ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version']);
  const language = reader.string('QueryLanguage') ?? 'JSONPath';
  const timeoutSeconds = reader.constantNumber('TimeoutSeconds', { min: 1, max: 99_999_999, whole: true });
  const program = new ProgramReader(findings, language).read(raw, '', scope);
  checkScopes(scope, findings);
  refuse(findings);
  if (findings.notSimulated.length > 0) throw new NotSimulated(findings.notSimulated.join(', '));
  return { program, timeoutSeconds, description: withoutFunctions(findings.description) };
}

/** Where states are in JSONPath, nobody knows where they lead. */
function refuse({ problems, jsonPath }: Findings): void {
  const known = jsonPath.length === 0 ? problems : problems.filter(({ code }) => code !== 'MISSING_TRANSITION_TARGET');
  if (known.length > 0) throw new InvalidDefinition(known);
  if (jsonPath.length > 0) throw new NotSimulated(`the query language JSONPath, of the states ${jsonPath.join(', ')},`);
}

function readJson(text: string): Record<string, unknown> {
  const problem = (code: 'INVALID_JSON_DESCRIPTION' | 'SCHEMA_VALIDATION_FAILED', message: string) =>
    new InvalidDefinition([{ code, message, location: '/' }]);
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw problem('SCHEMA_VALIDATION_FAILED', 'The definition is larger than 1 MB');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw problem('INVALID_JSON_DESCRIPTION', (error as Error).message);
  }
  if (!isObject(raw)) throw problem('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object');
  return raw;
}

class ProgramReader {
  readonly #findings: Findings;
  readonly #language: string;
  /** State names are unique within the whole state machine. */
  readonly #names = new Set<string>();

  constructor(findings: Findings, language: string) {
    this.#findings = findings;
    this.#language = language;
  }

  read(raw: Record<string, unknown>, path: string, scope: ScopeNames): Program {
    const missing = ['StartAt', 'States'].filter((field) => raw[field] === undefined);
    if (missing.length > 0) this.#problem(`These fields are required: [${missing.join(', ')}]`, path || '/');
    const states = new Map<string, State>();
    for (const [name, state] of Object.entries(isObject(raw.States) ? raw.States : {}))
      states.set(name, this.#state(name, state, `${path}/States/${name}`, scope));
    const program = { startAt: String(raw.StartAt), states };
    if (missing.length === 0) checkFlow(program, path, this.#findings);
    return program;
  }

  #state(name: string, raw: unknown, path: string, scope: ScopeNames): State {
    if (name.length > 80) this.#problem('A state name has at most 80 characters', path);
    if (this.#names.has(name)) this.#problem(`Another state of this machine is named '${name}'`, path);
    this.#names.add(name);
    const fields = isObject(raw) ? raw : {};
    const type = STATE_TYPES[String(fields.Type)];
    if (type === undefined) {
      this.#problem(`It is not one of [${Object.keys(STATE_TYPES).join(', ')}]`, `${path}/Type`);
      return stub(name);
    }
    const program = (inner: unknown, at: string) => {
      const names: ScopeNames = { outer: scope, assigned: new Map(), inner: [] };
      scope.inner.push(names);
      return this.read(isObject(inner) ? inner : {}, at, names);
    };
    const reader = new StateReader(fields, { path, state: name, findings: this.#findings, scope, program });
    if (!this.#isJsonata(reader)) return stub(name);
    supports(reader, ['Type', 'Comment', 'QueryLanguage', ...type.fields]);
    const { next, recovery, run } = type.parse(reader);
    const targets = [...next, ...(recovery?.catch.map((catcher) => catcher.next) ?? [])];
    return {
      name,
      type: String(fields.Type),
      targets: targets.filter((target) => target !== undefined),
      terminal: next.includes(undefined),
      run,
    };
  }

  #isJsonata(reader: StateReader): boolean {
    const language = reader.string('QueryLanguage') ?? this.#language;
    if (language === 'JSONata') return true;
    if (language !== 'JSONPath') reader.problem('It is JSONPath or JSONata', 'QueryLanguage');
    else if (this.#language === 'JSONata')
      reader.problem("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
    else this.#findings.jsonPath.push(reader.state);
    for (const field of JSONATA_ONLY)
      if (reader.has(field)) reader.problem(`Field '${field}' is not supported in a JSONPath state`);
    return false;
  }

  #problem(message: string, location: string): void {
    this.#findings.problems.push({ code: 'SCHEMA_VALIDATION_FAILED', message, location });
  }
}

const JSONATA_ONLY = ['Arguments', 'Output', 'Items'];

/** Stands for a state that cannot be read. The definition is refused, so that it never runs. */
const stub = (name: string): State => ({
  name,
  type: 'Unknown',
  targets: [],
  terminal: true,
  run: () => Promise.reject(new Error(`state ${name} was refused`)),
});

const emptyDescription = (): Description => ({
  tasks: [],
  errorEquals: [],
  failures: [],
  variables: { assigned: [], used: [] },
});

/** A name that nobody assigns and that a function has means the function. */
function withoutFunctions(description: Description): Description {
  const { assigned, used } = description.variables;
  const names = new Set(assigned.map(({ name }) => name));
  const isVariable = ({ name }: { name: string }) => names.has(name) || !FUNCTION_NAMES.has(name);
  return { ...description, variables: { assigned, used: used.filter(isVariable) } };
}
