import { BlockList } from 'node:net';
import type { Input } from './service.ts';

type Test = (value: unknown) => boolean;
/** `undefined` stands for a field that the event does not have. */
type FieldTest = (values: unknown[]) => boolean;
export type EventTest = (event: Record<string, unknown>) => boolean;

const compiled = new Map<string, EventTest>();

/**
 * Compiles an event pattern, once per process. Throws for a pattern that EventBridge refuses.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function eventTest(pattern: Input): EventTest {
  const text = JSON.stringify(pattern);
  let test = compiled.get(text);
  if (test === undefined) {
    test = objectTest(pattern, '');
    compiled.set(text, test);
  }
  return test;
}

function objectTest(pattern: Input, path: string): EventTest {
  const tests = Object.entries<Input>(pattern).map(([key, wanted]): EventTest => {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === '$or') {
      const alternatives: EventTest[] = wanted.map((alternative: Input) => objectTest(alternative, path));
      return (event) => alternatives.some((test) => test(event));
    }
    if (Array.isArray(wanted)) {
      const test = fieldTest(wanted, at);
      return (event) => test(valuesOf(event[key]));
    }
    if (typeof wanted !== 'object' || wanted === null)
      throw new Error(`Event pattern is not valid. Reason: "${at}" must be an object or an array`);
    const inner = objectTest(wanted, at);
    return (event) => objectsOf(event[key]).some(inner);
  });
  if (tests.length === 0)
    throw new Error(`Event pattern is not valid. Reason: Empty objects are not allowed at "${path}"`);
  return (event) => tests.every((test) => test(event));
}

const valuesOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** A field that the event lacks is looked into as an empty object, so that `exists: false` can hold below it. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  const objects = valuesOf(value).filter((item) => typeof item === 'object' && item !== null);
  return objects.length > 0 ? (objects as Record<string, unknown>[]) : [{}];
}

function fieldTest(matchers: Input[], path: string): FieldTest {
  const tests = matchers.map((matcher): FieldTest => {
    if (typeof matcher === 'object' && matcher !== null && 'exists' in matcher)
      return (values) => values.some((value) => typeof value !== 'object') === matcher.exists;
    const test = valueTest(matcher, path);
    return (values) => values.some(test);
  });
  return (values) => tests.some((test) => test(values));
}

const ofText =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

function valueTest(matcher: Input, path: string): Test {
  if (typeof matcher !== 'object' || matcher === null) return (value) => value === matcher;
  const entries = Object.entries<Input>(matcher);
  const [kind = '', wanted] = entries[0] ?? [];
  if (entries.length !== 1)
    throw new Error(`Event pattern is not valid. Reason: Only one key allowed in match expression at "${path}"`);
  switch (kind) {
    case 'prefix':
      return textTest(wanted, (text, part) => text.startsWith(part));
    case 'suffix':
      return textTest(wanted, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return ofText((text) => text.toLowerCase() === wanted.toLowerCase());
    case 'wildcard':
      return ofText(starsOnly(wanted));
    case 'anything-but':
      return anythingBut(wanted, path);
    case 'numeric':
      return numeric(wanted);
    case 'cidr':
      return cidr(wanted);
    default:
      throw new Error(`Event pattern is not valid. Reason: Unrecognized match type ${kind} at "${path}"`);
  }
}

/** Only the star is special in an event pattern. */
function starsOnly(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

function textTest(wanted: Input, fits: (text: string, part: string) => boolean): Test {
  if (typeof wanted === 'string') return ofText((text) => fits(text, wanted));
  const part: string = wanted['equals-ignore-case'].toLowerCase();
  return ofText((text) => fits(text.toLowerCase(), part));
}

function anythingBut(wanted: Input, path: string): Test {
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    const [kind = '', unwanted] = Object.entries<Input>(wanted)[0] ?? [];
    const tests: Test[] = [unwanted].flat().map((each) => valueTest({ [kind]: each }, path));
    return (value) => !tests.some((test) => test(value));
  }
  const unwanted = new Set<unknown>([wanted].flat());
  return (value) => !unwanted.has(value);
}

const COMPARISONS: Record<string, (value: number, limit: number) => boolean> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

function numeric(comparisons: (string | number)[]): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < comparisons.length; i += 2) {
    const compare = COMPARISONS[String(comparisons[i])];
    const limit = Number(comparisons[i + 1]);
    if (compare === undefined)
      throw new Error(`Event pattern is not valid. Reason: Unrecognized numeric comparison ${comparisons[i]}`);
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function cidr(block: string): Test {
  const [address = '', length] = block.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(length), family);
  return ofText((text) => list.check(text, text.includes(':') ? 'ipv6' : 'ipv4'));
}
