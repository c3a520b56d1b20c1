import type { Parsed, Path, PathStep } from './dynamodb-expressions.ts';
import { type AttributeValue, checkValue, type Item, invalid } from './dynamodb-values.ts';
import type { Input } from './service.ts';

/**
 * What `#names` and `:values` of one request stand for. Refuses those that are not defined or not used.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
 */
export class Placeholders {
  readonly #names: Record<string, string>;
  readonly #values: Record<string, AttributeValue>;

  constructor(input: Input, expressions: (Parsed<unknown> | undefined)[]) {
    this.#names = input.ExpressionAttributeNames ?? {};
    this.#values = input.ExpressionAttributeValues ?? {};
    this.#refuseUndefined(expressions);
    refuseUnused('Names', Object.keys(this.#names), expressions, (expression) => expression.names);
    refuseUnused('Values', Object.keys(this.#values), expressions, (expression) => expression.values);
    for (const [name, value] of Object.entries(this.#values))
      checkValue(value, `ExpressionAttributeValues contains invalid value: ${name}`);
  }

  value(name: string): AttributeValue {
    return this.#values[name] as AttributeValue;
  }

  attribute(name: string): string {
    return name.startsWith('#') ? (this.#names[name] as string) : name;
  }

  step(step: PathStep): string | number {
    return 'index' in step ? step.index : this.attribute(step.name);
  }

  /** The value at a path, if the item has one there. */
  find(item: Item, path: Path): AttributeValue | undefined {
    let value: AttributeValue | undefined = { M: item };
    for (const step of path) {
      if (value === undefined) return undefined;
      value = memberOf(value, this.step(step));
    }
    return value;
  }

  #refuseUndefined(expressions: (Parsed<unknown> | undefined)[]): void {
    for (const expression of expressions) {
      for (const name of expression?.names ?? [])
        if (this.#names[name] === undefined)
          throw invalid(
            `Invalid expression: An expression attribute name used in the document path is not defined; attribute name: ${name}`,
          );
      for (const name of expression?.values ?? [])
        if (this.#values[name] === undefined)
          throw invalid(
            `Invalid expression: An expression attribute value used in expression is not defined; attribute value: ${name}`,
          );
    }
  }
}

function refuseUnused(
  what: 'Names' | 'Values',
  given: string[],
  expressions: (Parsed<unknown> | undefined)[],
  used: (expression: Parsed<unknown>) => ReadonlySet<string>,
): void {
  if (given.length === 0) return;
  if (expressions.every((expression) => expression === undefined))
    throw invalid(`ExpressionAttribute${what} can only be specified when using expressions`);
  const unused = given.filter(
    (name) => !expressions.some((expression) => expression !== undefined && used(expression).has(name)),
  );
  if (unused.length > 0)
    throw invalid(`Value provided in ExpressionAttribute${what} unused in expressions: keys: {${unused.join(', ')}}`);
}

function memberOf(value: AttributeValue, key: string | number): AttributeValue | undefined {
  if (typeof key === 'number') return 'L' in value ? value.L[key] : undefined;
  return 'M' in value ? value.M[key] : undefined;
}
