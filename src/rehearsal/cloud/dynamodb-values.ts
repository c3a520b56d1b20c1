import { AwsError } from './aws-error.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: Uint8Array }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { L: AttributeValue[] }
  | { M: Item }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: Uint8Array[] };

export type Item = { [attribute: string]: AttributeValue };
export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS']);
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const MAX_ITEM_BYTES = 400 * 1024;

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message, 400);

export const typeOf = (value: AttributeValue): ValueType => Object.keys(value)[0] as ValueType;

/** The value without its type: for comparing, copying and printing where the type is known. */
const inner = (value: AttributeValue): unknown => Object.values(value)[0];

/** Refuses what DynamoDB refuses to store or to compare with. */
export function checkValue(value: AttributeValue | undefined, where: string): void {
  const types = value === undefined || value === null ? [] : Object.keys(value);
  const [type] = types;
  if (value === undefined || type === undefined || !TYPES.has(type) || types.length > 1)
    throw invalid(
      `${where}: Supplied AttributeValue ${types.length > 1 ? 'has more than one datatypes set, must contain exactly one of the supported datatypes' : 'is empty, must contain exactly one of the supported datatypes'}`,
    );
  if ('S' in value && typeof value.S !== 'string')
    throw new AwsError('SerializationException', `${where}: S must be a string`);
  if ('N' in value) checkNumber(value.N, where);
  if ('NS' in value) for (const number of value.NS) checkNumber(number, where);
  if ('SS' in value || 'NS' in value || 'BS' in value) checkSet(inner(value) as unknown[], where);
  if ('L' in value) for (const element of value.L) checkValue(element, where);
  if ('M' in value) for (const element of Object.values(value.M)) checkValue(element, where);
}

function checkNumber(text: unknown, where: string): void {
  if (typeof text !== 'string') throw new AwsError('SerializationException', `${where}: N must be a string`);
  if (text.trim() === '' || Number.isNaN(Number(text)))
    throw invalid(`${where}: The parameter cannot be converted to a numeric value: ${text}`);
}

function checkSet(elements: unknown[], where: string): void {
  if (elements.length === 0) throw invalid(`${where}: An number set, string set or binary set may not be empty`);
  if (new Set(elements.map(String)).size !== elements.length)
    throw invalid(`${where}: Input collection contains duplicates.`);
}

export function equal(a: AttributeValue, b: AttributeValue): boolean {
  if (typeOf(a) !== typeOf(b)) return false;
  if ('N' in a && 'N' in b) return Number(a.N) === Number(b.N);
  if ('B' in a && 'B' in b) return Buffer.compare(a.B, b.B) === 0;
  if ('L' in a && 'L' in b) return a.L.length === b.L.length && a.L.every((item, index) => same(item, b.L[index]));
  if ('M' in a && 'M' in b) {
    const names = Object.keys(a.M);
    return names.length === Object.keys(b.M).length && names.every((name) => same(a.M[name], b.M[name]));
  }
  if ('SS' in a || 'NS' in a || 'BS' in a) {
    const [left, right] = [setOf(a), setOf(b)];
    return left.size === right.size && [...left].every((element) => right.has(element));
  }
  return inner(a) === inner(b);
}

const same = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a !== undefined && b !== undefined && equal(a, b);

const setOf = (value: AttributeValue): Set<string> =>
  new Set((inner(value) as unknown[]).map((element) => ('NS' in value ? String(Number(element)) : String(element))));

/** Strings, numbers and binaries of one type have an order; nothing else has. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if ('N' in a && 'N' in b) return Math.sign(Number(a.N) - Number(b.N));
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if ('B' in a && 'B' in b) return Buffer.compare(a.B, b.B);
  return undefined;
}

export function copyItem(item: Item): Item {
  const copied: Item = {};
  for (const name of Object.keys(item)) copied[name] = copyValue(item[name] as AttributeValue);
  return copied;
}

export function copyValue(value: AttributeValue): AttributeValue {
  if ('M' in value) return { M: copyItem(value.M) };
  if ('L' in value) return { L: value.L.map(copyValue) };
  if ('SS' in value) return { SS: [...value.SS] };
  if ('NS' in value) return { NS: [...value.NS] };
  if ('BS' in value) return { BS: [...value.BS] };
  return { ...value };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return Math.ceil(value.N.length / 2) + 1;
  if ('B' in value) return value.B.length;
  if ('L' in value) return value.L.reduce((sum, element) => sum + 1 + valueBytes(element), 3);
  if ('M' in value)
    return Object.entries(value.M).reduce(
      (sum, [name, element]) => sum + 1 + Buffer.byteLength(name) + valueBytes(element),
      3,
    );
  if ('SS' in value) return value.SS.reduce((sum, element) => sum + Buffer.byteLength(element), 0);
  if ('NS' in value) return value.NS.reduce((sum, element) => sum + Math.ceil(element.length / 2) + 1, 0);
  if ('BS' in value) return value.BS.reduce((sum, element) => sum + element.length, 0);
  return 1;
}
