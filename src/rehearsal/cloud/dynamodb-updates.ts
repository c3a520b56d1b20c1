import type { Path, UpdateAction, UpdateValue } from './dynamodb-expressions.ts';
import type { Placeholders } from './dynamodb-placeholders.ts';
import { type AttributeValue, copyItem, copyValue, equal, type Item, invalid, typeOf } from './dynamodb-values.ts';

export type Updated = { item: Item; touched: string[] };

/**
 * The item after an update, and the top-level attributes it touched. All values are read from the item before it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function updated(before: Item, actions: UpdateAction[], placeholders: Placeholders): Updated {
  refuseOverlaps(actions, placeholders);
  const item = copyItem(before);
  const removals: UpdateAction[] = [];
  for (const action of actions) {
    if (action.kind === 'SET') set(item, action.path, evaluate(action.value, before, placeholders), placeholders);
    else if (action.kind === 'REMOVE') removals.push(action);
    else if (action.kind === 'ADD') add(item, action.path, placeholders.value(action.value), placeholders);
    else removeFromSet(item, action.path, placeholders.value(action.value), placeholders);
  }
  // Elements of a list are removed from its end on, so that each index means the list before the update.
  for (const { path } of removals.toSorted((a, b) => lastIndex(b.path) - lastIndex(a.path)))
    remove(item, path, placeholders);
  return { item, touched: [...new Set(actions.map(({ path }) => String(placeholders.step(path[0] ?? { index: 0 }))))] };
}

const lastIndex = (path: Path): number => {
  const last = path.at(-1);
  return last !== undefined && 'index' in last ? last.index : -1;
};

function refuseOverlaps(actions: UpdateAction[], placeholders: Placeholders): void {
  const paths = actions.map(({ path }) => path.map((step) => placeholders.step(step)));
  for (const [index, path] of paths.entries())
    for (const other of paths.slice(index + 1)) {
      const shorter = Math.min(path.length, other.length);
      if (path.slice(0, shorter).every((step, at) => step === other[at]))
        throw invalid(
          `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${path.join(', ')}], path two: [${other.join(', ')}]`,
        );
    }
}

function evaluate(value: UpdateValue, item: Item, placeholders: Placeholders): AttributeValue {
  switch (value.kind) {
    case 'value':
      return copyValue(placeholders.value(value.name));
    case 'path': {
      const found = placeholders.find(item, value.path);
      if (found === undefined)
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      return copyValue(found);
    }
    case 'if_not_exists': {
      const found = placeholders.find(item, value.path);
      return found === undefined ? evaluate(value.otherwise, item, placeholders) : copyValue(found);
    }
    case 'list_append': {
      const first = evaluate(value.first, item, placeholders);
      const second = evaluate(value.second, item, placeholders);
      if (!('L' in first && 'L' in second)) throw wrongType('list_append', 'L' in first ? second : first);
      return { L: [...first.L, ...second.L] };
    }
    case 'sum': {
      const left = evaluate(value.left, item, placeholders);
      const right = evaluate(value.right, item, placeholders);
      if (!('N' in left && 'N' in right)) throw wrongType(value.sign === 1 ? '+' : '-', 'N' in left ? right : left);
      return { N: plus(left.N, right.N, value.sign) };
    }
    case 'size':
      throw invalid('Invalid UpdateExpression: The function is not allowed in an update expression; function: size');
  }
}

const wrongType = (operator: string, operand: AttributeValue): Error =>
  invalid(
    `Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(operand)}`,
  );

/** Whole numbers exactly, to DynamoDB's 38 digits; others as far as a double goes. */
function plus(left: string, right: string, sign: 1 | -1): string {
  if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) return String(BigInt(left) + BigInt(sign) * BigInt(right));
  return String(Number(left) + sign * Number(right));
}

/** The map or list that holds the last step of a path; it must be there already. */
function parentOf(item: Item, path: Path, placeholders: Placeholders): AttributeValue {
  const parent = placeholders.find(item, path.slice(0, -1));
  const last = path.at(-1);
  const fits = parent !== undefined && last !== undefined && ('index' in last ? 'L' in parent : 'M' in parent);
  if (!fits) throw invalid('The document path provided in the update expression is invalid for update');
  return parent;
}

function set(item: Item, path: Path, value: AttributeValue, placeholders: Placeholders): void {
  const parent = parentOf(item, path, placeholders);
  const key = placeholders.step(path.at(-1) ?? { index: 0 });
  if ('M' in parent) parent.M[key] = value;
  // An index beyond the end appends.
  else if ('L' in parent) parent.L[Math.min(Number(key), parent.L.length)] = value;
}

function remove(item: Item, path: Path, placeholders: Placeholders): void {
  const parent = parentOf(item, path, placeholders);
  const key = placeholders.step(path.at(-1) ?? { index: 0 });
  if ('M' in parent) delete parent.M[key];
  else if ('L' in parent) parent.L.splice(Number(key), 1);
}

function add(item: Item, path: Path, value: AttributeValue, placeholders: Placeholders): void {
  if (!('N' in value) && !isSet(value)) throw wrongType('ADD', value);
  const present = placeholders.find(item, path);
  if (present !== undefined && typeOf(present) !== typeOf(value)) throw mixedTypes();
  set(item, path, present === undefined ? copyValue(value) : added(present, value), placeholders);
}

function added(present: AttributeValue, value: AttributeValue): AttributeValue {
  if ('N' in present && 'N' in value) return { N: plus(present.N, value.N, 1) };
  const merged = [...elements(present), ...elements(value).filter((element) => !has(present, element))];
  return { [typeOf(value)]: merged } as AttributeValue;
}

const mixedTypes = (): Error => invalid('An operand in the update expression has an incorrect data type');

function removeFromSet(item: Item, path: Path, value: AttributeValue, placeholders: Placeholders): void {
  if (!isSet(value)) throw wrongType('DELETE', value);
  const present = placeholders.find(item, path);
  if (present === undefined) return;
  if (typeOf(present) !== typeOf(value)) throw mixedTypes();
  const left = elements(present).filter((element) => !has(value, element));
  // A set is never empty: with its last element the attribute goes.
  if (left.length === 0) remove(item, path, placeholders);
  else set(item, path, { [typeOf(value)]: left } as AttributeValue, placeholders);
}

const isSet = (value: AttributeValue): boolean => 'SS' in value || 'NS' in value || 'BS' in value;
const elements = (value: AttributeValue): unknown[] => Object.values(value)[0] as unknown[];
const has = (set: AttributeValue, element: unknown): boolean => {
  const one = (part: unknown): AttributeValue => ({ [typeOf(set).slice(0, 1)]: part }) as AttributeValue;
  return elements(set).some((other) => equal(one(other), one(element)));
};
