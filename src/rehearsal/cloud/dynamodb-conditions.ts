import type { Comparator, Condition, Operand } from './dynamodb-expressions.ts';
import type { Placeholders } from './dynamodb-placeholders.ts';
import { type AttributeValue, compare, equal, type Item, invalid, typeOf } from './dynamodb-values.ts';

/** Whether the condition is true of the item. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
export function holds(condition: Condition, item: Item, placeholders: Placeholders): boolean {
  const value = (operand: Operand): AttributeValue | undefined => operandValue(operand, item, placeholders);
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item, placeholders) && holds(condition.right, item, placeholders);
    case 'or':
      return holds(condition.left, item, placeholders) || holds(condition.right, item, placeholders);
    case 'not':
      return !holds(condition.condition, item, placeholders);
    case 'compare':
      return compares(condition.comparator, value(condition.left), value(condition.right));
    case 'between': {
      const [operand, low, high] = [value(condition.operand), value(condition.low), value(condition.high)];
      return compares('>=', operand, low) && compares('<=', operand, high);
    }
    case 'in':
      return condition.choices.some((choice) => compares('=', value(condition.operand), value(choice)));
    case 'function':
      return applies(condition.name, value(condition.path), condition.argument && value(condition.argument));
  }
}

/** A missing attribute makes every comparison false but `<>`, which is then true. */
function compares(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === '<>' && left !== right;
  if (comparator === '=') return equal(left, right);
  if (comparator === '<>') return !equal(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function applies(name: string, value: AttributeValue | undefined, argument: AttributeValue | undefined): boolean {
  if (name === 'attribute_exists') return value !== undefined;
  if (name === 'attribute_not_exists') return value === undefined;
  if (value === undefined || argument === undefined) return false;
  if (name === 'attribute_type') return 'S' in argument && typeOf(value) === argument.S;
  return name === 'begins_with' ? beginsWith(value, argument) : contains(value, argument);
}

function beginsWith(value: AttributeValue, start: AttributeValue): boolean {
  if (!('S' in start || 'B' in start))
    throw invalid(
      `Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: ${typeOf(start)}`,
    );
  if ('S' in value && 'S' in start) return value.S.startsWith(start.S);
  return 'B' in value && 'B' in start && Buffer.from(value.B).subarray(0, start.B.length).equals(start.B);
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if ('S' in value) return 'S' in part && value.S.includes(part.S);
  if ('L' in value) return value.L.some((element) => equal(element, part));
  if ('SS' in value) return 'S' in part && value.SS.includes(part.S);
  if ('NS' in value) return 'N' in part && value.NS.some((number) => Number(number) === Number(part.N));
  return 'BS' in value && 'B' in part && value.BS.some((bytes) => Buffer.compare(bytes, part.B) === 0);
}

function operandValue(operand: Operand, item: Item, placeholders: Placeholders): AttributeValue | undefined {
  if (operand.kind === 'value') return placeholders.value(operand.name);
  const value = placeholders.find(item, operand.path);
  return operand.kind === 'path' ? value : sizeOf(value);
}

function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return { N: String(Buffer.byteLength(value.S)) };
  if ('M' in value) return { N: String(Object.keys(value.M).length) };
  const [content] = Object.values(value);
  const { length } = content as { length?: number };
  return length === undefined || 'N' in value ? undefined : { N: String(length) };
}
