import { invalid } from './dynamodb-values.ts';

export type Token = { kind: 'word' | 'name' | 'value' | 'number' | 'sign'; text: string };

const PATTERN =
  /\s+|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<number>\d+)|(?<sign><>|<=|>=|[=<>()[\].,+-])/gy;
const KINDS = ['name', 'value', 'word', 'number', 'sign'] as const;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html */
function tokens(text: string, kind: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(PATTERN)) {
    end = match.index + match[0].length;
    const type = KINDS.find((name) => match.groups?.[name] !== undefined);
    if (type !== undefined) found.push({ kind: type, text: match[0] });
  }
  if (end < text.length)
    throw invalid(
      `Invalid ${kind}: Syntax error; token: "${text.slice(end, end + 1)}", near: "${text.slice(Math.max(0, end - 8), end + 8)}"`,
    );
  return found;
}

/** Reads tokens one after another. Words of the language are recognized in any case. */
export class TokenReader {
  readonly kind: string;
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string, kind: string) {
    this.kind = kind;
    if (text.trim() === '') throw invalid(`Invalid ${kind}: The expression can not be empty;`);
    this.#tokens = tokens(text, kind);
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.unexpected();
    return token;
  }

  /** Takes the next token if it is this sign or word. */
  take(text: string): boolean {
    const token = this.peek();
    const matches =
      token !== undefined && token.kind !== 'name' && token.kind !== 'value' && token.text.toUpperCase() === text;
    if (matches) this.#at++;
    return matches;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected();
  }

  end(): void {
    if (this.peek() !== undefined) throw this.unexpected();
  }

  unexpected(): Error {
    const token = this.peek()?.text ?? '<EOF>';
    const near = this.#tokens
      .slice(Math.max(0, this.#at - 1), this.#at + 2)
      .map(({ text }) => text)
      .join(' ');
    return invalid(`Invalid ${this.kind}: Syntax error; token: "${token}", near: "${near}"`);
  }
}
