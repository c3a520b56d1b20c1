import type { DefinitionProblem } from './invalid-definition.ts';
import { compileTemplate, expressionText, type Template } from './jsonata/template.ts';
import { type NumberField, type NumberRange, outOf } from './number-field.ts';
import type { Description } from './state-machine.ts';

/** Which members of `$states` a field may read besides `input` and `context`. */
export type Allowed = 'input' | 'result' | 'errorOutput';

/** Names that a line of execution assigns, and where first. Inner lines must not assign them again. */
export type ScopeNames = { outer: ScopeNames | undefined; assigned: Map<string, string>; inner: ScopeNames[] };

/** What reading a definition gathers. */
export type Findings = {
  problems: DefinitionProblem[];
  description: Description;
  /** What the definition asks for and nobody simulates, in words. */
  notSimulated: string[];
  /** Names of states in JSONPath. */
  jsonPath: string[];
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html: a Unicode identifier of at most 80 characters. */
const VARIABLE = /^[\p{ID_Start}][\p{ID_Continue}]{0,79}$/u;

/** Reads the fields of a state, or of a rule or catcher in it; what is wrong goes to the findings. */
export class FieldReader {
  readonly raw: Record<string, unknown>;
  readonly path: string;
  readonly state: string;
  readonly findings: Findings;
  readonly scope: ScopeNames;
  /** `Choices[0]/`, `Catch[1]/`, or nothing: how AWS names the place of a field in its state. */
  readonly #prefix: string;

  constructor(
    raw: Record<string, unknown>,
    at: { path: string; state: string; findings: Findings; scope: ScopeNames; prefix?: string },
  ) {
    this.raw = raw;
    this.path = at.path;
    this.state = at.state;
    this.findings = at.findings;
    this.scope = at.scope;
    this.#prefix = at.prefix ?? '';
  }

  has(field: string): boolean {
    return this.raw[field] !== undefined;
  }

  problem(message: string, field = ''): void {
    const location = field === '' ? this.path : `${this.path}/${field}`;
    this.findings.problems.push({ code: 'SCHEMA_VALIDATION_FAILED', message, location });
  }

  /** The object in a field, read as part of this state. */
  part(field: string): FieldReader {
    const value = this.raw[field];
    if (value === undefined) this.problem(`These fields are required: [${field}]`);
    else if (!isObject(value)) this.problem('Expected an object', field);
    return this.#within(value, field);
  }

  /** The objects of an array field, each read as part of this state. */
  parts(field: string): FieldReader[] {
    const list = this.raw[field];
    if (list === undefined) return [];
    if (!Array.isArray(list)) this.problem('Expected an array', field);
    const items: unknown[] = Array.isArray(list) ? list : [];
    return items.map((item, index) => {
      if (!isObject(item)) this.problem('Expected an object', `${field}[${index}]`);
      return this.#within(item, `${field}[${index}]`);
    });
  }

  string(field: string): string | undefined {
    const value = this.raw[field];
    if (value === undefined || typeof value === 'string') return value;
    this.problem('Expected a string', field);
    return undefined;
  }

  requiredString(field: string): string {
    if (!this.has(field)) this.problem(`These fields are required: [${field}]`);
    return this.string(field) ?? '';
  }

  template(field: string, allowed: Allowed): Template | undefined {
    const value = this.raw[field];
    if (value === undefined) return undefined;
    return compileTemplate(value, `${this.#prefix}${field}`, {
      expression: ({ references }, location) => {
        const where = this.#locate(location);
        for (const what of references.refused) this.problem(`A JSONata expression cannot use ${what}`, where);
        for (const member of ['result', 'errorOutput'])
          if (references.states.has(member) && allowed !== member)
            this.problem(`$states.${member} is not available here`, where);
        for (const name of references.names) this.findings.description.variables.used.push({ state: this.state, name });
      },
      mistake: (message, location) => this.problem(message, this.#locate(location)),
    });
  }

  /** `Assign`: its names join the scope. */
  assign(allowed: Allowed): Template | undefined {
    const value = this.raw.Assign;
    if (value === undefined) return undefined;
    if (!isObject(value)) {
      this.problem('Expected an object', 'Assign');
      return undefined;
    }
    for (const name of Object.keys(value)) {
      if (!VARIABLE.test(name) || name === 'states') this.problem(`'${name}' cannot be a variable's name`, 'Assign');
      if (!this.scope.assigned.has(name)) this.scope.assigned.set(name, `${this.path}/Assign/${name}`);
      this.findings.description.variables.assigned.push({ state: this.state, name });
    }
    return this.template('Assign', allowed);
  }

  number(field: string, range: NumberRange): NumberField | undefined {
    const value = this.raw[field];
    if (value === undefined) return undefined;
    if (expressionText(value) === undefined) {
      const wrong = typeof value === 'number' ? outOf(range, value) : 'which is neither a number nor an expression';
      if (wrong !== undefined) this.problem(`Its value is ${JSON.stringify(value)}, ${wrong}`, field);
    }
    return { template: this.template(field, 'input') as Template, field, range };
  }

  /** A number that cannot be an expression. */
  constantNumber(field: string, range: NumberRange): number | undefined {
    const value = this.raw[field];
    if (value === undefined) return undefined;
    const wrong = typeof value === 'number' ? outOf(range, value) : 'which is not a number';
    if (wrong !== undefined) this.problem(`Its value is ${JSON.stringify(value)}, ${wrong}`, field);
    return typeof value === 'number' ? value : undefined;
  }

  #within(value: unknown, place: string): FieldReader {
    const raw = isObject(value) ? value : {};
    return new FieldReader(raw, { ...this, path: `${this.path}/${place}`, prefix: `${place}/` });
  }

  #locate(location: string): string {
    return location.slice(this.#prefix.length);
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
