import { AwsError } from './aws-error.ts';
import type { AlarmState } from './cloudwatch-evaluation.ts';

type Expression = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;
export type CompositeRule = { holds: Expression; children: string[] };

const TOKEN = /\s+|(?<word>[A-Z_]+)(?=\s*(?:\(|\)|$|\s))|(?<name>"(?:[^"\\]|\\.)*")|(?<sign>[()])|(?<bare>[^\s()"]+)/gy;

/**
 * `ALARM("a") AND NOT OK(b)`, with TRUE and FALSE; names may be ARNs.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function compositeRule(text: string): CompositeRule {
  const tokens = [...text.matchAll(TOKEN)].map((match) => match[0].trim()).filter((token) => token !== '');
  const children: string[] = [];
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && ++at > 0;
  const invalid = (): AwsError =>
    new AwsError(
      'ValidationError',
      `AlarmRule must not contain errors; near "${tokens.slice(at, at + 3).join(' ')}" of ${text}`,
    );
  const expect = (token: string): void => {
    if (!take(token)) throw invalid();
  };
  const or = (): Expression => {
    let left = and();
    while (take('OR')) left = either(left, and());
    return left;
  };
  const and = (): Expression => {
    let left = not();
    while (take('AND')) left = both(left, not());
    return left;
  };
  const not = (): Expression => {
    if (take('NOT')) {
      const inner = not();
      return (stateOf) => !inner(stateOf);
    }
    if (!take('(')) return leaf();
    const inner = or();
    expect(')');
    return inner;
  };
  const leaf = (): Expression => {
    const word = tokens[at++];
    if (word === 'TRUE' || word === 'FALSE') return () => word === 'TRUE';
    if (word !== 'ALARM' && word !== 'OK' && word !== 'INSUFFICIENT_DATA') throw invalid();
    expect('(');
    const name = nameOf(tokens[at++] ?? '');
    expect(')');
    children.push(name);
    return (stateOf) => stateOf(name) === word;
  };
  const holds = or();
  if (at < tokens.length) throw invalid();
  return { holds, children };
}

const both =
  (left: Expression, right: Expression): Expression =>
  (stateOf) =>
    left(stateOf) && right(stateOf);
const either =
  (left: Expression, right: Expression): Expression =>
  (stateOf) =>
    left(stateOf) || right(stateOf);

const nameOf = (token: string): string =>
  token.replace(/^"|"$/g, '').replace(/^arn:aws:cloudwatch:[^:]*:[^:]*:alarm:/, '');
