import jsonata from 'jsonata';
import { registerFunctions, WORLD, type World } from './functions.ts';
import { NotJson, plain } from './plain.ts';
import { type References, referencesOf } from './references.ts';
import type { Node } from './syntax-tree.ts';

/** Where an expression finds the values of `$name`s. */
export type Bindings = {
  world: World;
  /** `$states`. */
  states: Record<string, unknown>;
  has(name: string): boolean;
  get(name: string): unknown;
};

/** An evaluation failed; the message ends a sentence that begins with the expression and its field. */
export class EvaluationProblem extends Error {
  override readonly name = 'EvaluationProblem';
}

/** A JSONata expression, compiled once for its text and evaluated by any number of executions at a time. */
export class JsonataExpression {
  readonly text: string;
  readonly references: References;
  readonly #compiled: jsonata.Expression;
  readonly #names: readonly string[];

  private constructor(text: string) {
    this.text = text;
    this.#compiled = jsonata(text);
    this.references = referencesOf(this.#compiled.ast() as Node);
    this.#names = [...this.references.names];
    const { names } = this.references;
    if (names.has('now')) this.#keepBuiltIn('fromMillis');
    if (names.has('toMillis')) this.#keepBuiltIn('toMillis');
    registerFunctions(this.#compiled, names);
  }

  static readonly #cache = new Map<string, JsonataExpression>();

  /** Throws what jsonata throws for a mistake of syntax. */
  static compile(text: string): JsonataExpression {
    let expression = JsonataExpression.#cache.get(text);
    if (expression === undefined) {
      expression = new JsonataExpression(text);
      JsonataExpression.#cache.set(text, expression);
    }
    return expression;
  }

  /** The result as plain JSON. Throws EvaluationProblem, also where there is no result. */
  async evaluate(bindings: Bindings): Promise<unknown> {
    const bound: Record<string, unknown> = { states: bindings.states, [WORLD]: bindings.world };
    for (const name of this.#names) if (bindings.has(name)) bound[name] = bindings.get(name);
    let result: unknown;
    try {
      result = await this.#compiled.evaluate(undefined, bound);
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      throw new EvaluationProblem(`threw an error during evaluation. ${code}: ${message}`);
    }
    if (result === undefined) throw new EvaluationProblem('returned nothing (undefined).');
    try {
      return plain(result);
    } catch (error) {
      if (error instanceof NotJson) throw new EvaluationProblem('returned an unsupported result type.');
      throw error;
    }
  }

  /** Keeps jsonata's own function reachable behind ours. */
  #keepBuiltIn(name: string): void {
    this.#compiled.assign(`asl:${name}`, builtIns.get(name));
  }
}

/** jsonata does not export its functions; an expression that names one answers its definition. */
const builtIns = new Map<string, unknown>();
for (const name of ['fromMillis', 'toMillis']) builtIns.set(name, await jsonata(`$${name}`).evaluate(undefined));
