import { isReserved } from './dynamodb-reserved-words.ts';
import { TokenReader } from './dynamodb-tokens.ts';
import { invalid } from './dynamodb-values.ts';

export type PathStep = { name: string } | { index: number };
export type Path = PathStep[];
export type Operand = { kind: 'path'; path: Path } | { kind: 'value'; name: string } | { kind: 'size'; path: Path };
export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type Condition =
  | { kind: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { kind: 'between'; operand: Operand; low: Operand; high: Operand }
  | { kind: 'in'; operand: Operand; choices: Operand[] }
  | { kind: 'function'; name: string; path: Operand; argument?: Operand }
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; condition: Condition };
export type UpdateValue =
  | Operand
  | { kind: 'if_not_exists'; path: Path; otherwise: UpdateValue }
  | { kind: 'list_append'; first: UpdateValue; second: UpdateValue }
  | { kind: 'sum'; sign: 1 | -1; left: UpdateValue; right: UpdateValue };
export type UpdateAction =
  | { kind: 'SET'; path: Path; value: UpdateValue }
  | { kind: 'REMOVE'; path: Path }
  | { kind: 'ADD' | 'DELETE'; path: Path; value: string };

/** What an expression says, and which placeholders it uses. */
export type Parsed<Meaning> = { meaning: Meaning; names: ReadonlySet<string>; values: ReadonlySet<string> };

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
/** How many arguments each takes. */
const FUNCTIONS: Record<string, number> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
};

const parsed = new Map<string, Parsed<unknown>>();

/** Each text is read once. */
function once<Meaning>(kind: string, text: string, read: (parser: Parser) => Meaning): Parsed<Meaning> {
  const key = `${kind}\n${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known as Parsed<Meaning>;
  const parser = new Parser(text, kind);
  const meaning = read(parser);
  parser.reader.end();
  const result = { meaning, names: parser.names, values: parser.values };
  parsed.set(key, result);
  return result;
}

export const parseCondition = (text: string, kind = 'ConditionExpression'): Parsed<Condition> =>
  once(kind, text, (parser) => parser.or());
export const parseUpdate = (text: string): Parsed<UpdateAction[]> =>
  once('UpdateExpression', text, (parser) => parser.update());
export const parseProjection = (text: string): Parsed<Path[]> =>
  once('ProjectionExpression', text, (parser) => parser.list(() => parser.path()));

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
class Parser {
  readonly reader: TokenReader;
  readonly names = new Set<string>();
  readonly values = new Set<string>();

  constructor(text: string, kind: string) {
    this.reader = new TokenReader(text, kind);
  }

  or(): Condition {
    let left = this.#and();
    while (this.reader.take('OR')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.reader.take('AND')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Condition {
    if (this.reader.take('NOT')) return { kind: 'not', condition: this.#not() };
    if (!this.reader.take('(')) return this.#predicate();
    const inner = this.or();
    this.reader.expect(')');
    return inner;
  }

  #predicate(): Condition {
    const name = this.reader.peek()?.text ?? '';
    if (this.reader.peek(1)?.text === '(' && name !== 'size') return this.#call();
    const operand = this.#operand();
    if (this.reader.take('BETWEEN')) {
      const low = this.#operand();
      this.reader.expect('AND');
      return { kind: 'between', operand, low, high: this.#operand() };
    }
    if (this.reader.take('IN')) {
      this.reader.expect('(');
      const choices = this.list(() => this.#operand());
      this.reader.expect(')');
      return { kind: 'in', operand, choices };
    }
    const sign = this.reader.peek()?.text ?? '';
    if (!COMPARATORS.has(sign)) throw this.reader.unexpected();
    this.reader.next();
    return { kind: 'compare', comparator: sign as Comparator, left: operand, right: this.#operand() };
  }

  #call(): Condition {
    const { text: name } = this.reader.next();
    const count = FUNCTIONS[name];
    if (count === undefined) throw invalid(`Invalid ${this.reader.kind}: Invalid function name; function: ${name}`);
    this.reader.expect('(');
    const [path, argument, ...more] = this.list(() => this.#operand());
    this.reader.expect(')');
    if (path === undefined || more.length > 0 || (argument === undefined ? 1 : 2) !== count)
      throw invalid(
        `Invalid ${this.reader.kind}: Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${argument === undefined ? 1 : 2 + more.length}`,
      );
    return { kind: 'function', name, path, ...(argument === undefined ? {} : { argument }) };
  }

  #operand(): Operand {
    const token = this.reader.peek();
    if (token?.kind === 'value') return { kind: 'value', name: this.#value() };
    if (token?.text !== 'size' || this.reader.peek(1)?.text !== '(') return { kind: 'path', path: this.path() };
    this.reader.next();
    this.reader.next();
    const path = this.path();
    this.reader.expect(')');
    return { kind: 'size', path };
  }

  #value(): string {
    const token = this.reader.next();
    if (token.kind !== 'value') throw this.reader.unexpected();
    this.values.add(token.text);
    return token.text;
  }

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html */
  path(): Path {
    const path: Path = [{ name: this.#attribute() }];
    for (;;) {
      if (this.reader.take('.')) path.push({ name: this.#attribute() });
      else if (this.reader.take('[')) {
        const token = this.reader.next();
        if (token.kind !== 'number') throw this.reader.unexpected();
        path.push({ index: Number(token.text) });
        this.reader.expect(']');
      } else return path;
    }
  }

  #attribute(): string {
    const token = this.reader.peek();
    if (token?.kind === 'name') this.names.add(token.text);
    else if (token?.kind !== 'word') throw this.reader.unexpected();
    else if (isReserved(token.text))
      throw invalid(
        `Invalid ${this.reader.kind}: Attribute name is a reserved keyword; reserved keyword: ${token.text}`,
      );
    return this.reader.next().text;
  }

  list<Element>(read: () => Element): Element[] {
    const elements = [read()];
    while (this.reader.take(',')) elements.push(read());
    return elements;
  }

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
  update(): UpdateAction[] {
    const actions: UpdateAction[] = [];
    const seen = new Set<string>();
    while (this.reader.peek() !== undefined) {
      const clause = this.reader.peek()?.text.toUpperCase() ?? '';
      if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(clause)) throw this.reader.unexpected();
      this.reader.next();
      if (seen.has(clause))
        throw invalid(
          `Invalid UpdateExpression: The "${clause}" section can only be used once in an update expression;`,
        );
      seen.add(clause);
      actions.push(...this.list(() => this.#action(clause)));
    }
    return actions;
  }

  #action(clause: string): UpdateAction {
    const path = this.path();
    if (clause === 'REMOVE') return { kind: 'REMOVE', path };
    if (clause === 'ADD' || clause === 'DELETE') return { kind: clause, path, value: this.#value() };
    this.reader.expect('=');
    return { kind: 'SET', path, value: this.#sum() };
  }

  #sum(): UpdateValue {
    const left = this.#term();
    const sign = this.reader.take('+') ? 1 : this.reader.take('-') ? -1 : undefined;
    return sign === undefined ? left : { kind: 'sum', sign, left, right: this.#term() };
  }

  #term(): UpdateValue {
    const name = this.reader.peek()?.text;
    if (this.reader.peek(1)?.text !== '(') return this.#operand();
    if (name !== 'if_not_exists' && name !== 'list_append')
      throw invalid(`Invalid UpdateExpression: Invalid function name; function: ${name}`);
    this.reader.next();
    this.reader.expect('(');
    const path = name === 'if_not_exists' ? this.path() : undefined;
    const first = path === undefined ? this.#sum() : undefined;
    this.reader.expect(',');
    const second = this.#sum();
    this.reader.expect(')');
    if (path !== undefined) return { kind: 'if_not_exists', path, otherwise: second };
    if (first === undefined) throw this.reader.unexpected();
    return { kind: 'list_append', first, second };
  }
}
