import { holds } from './dynamodb-conditions.ts';
import { type Condition, type Parsed, type Path, parseCondition, parseProjection } from './dynamodb-expressions.ts';
import { Placeholders } from './dynamodb-placeholders.ts';
import type { Index, KeySchema, Table } from './dynamodb-table.ts';
import { type AttributeValue, compare, copyItem, equal, type Item, invalid, itemBytes } from './dynamodb-values.ts';
import type { Input } from './service.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html */
const PAGE_BYTES = 1024 * 1024;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export function query(table: Table, input: Input): unknown {
  if (input.KeyConditionExpression === undefined)
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const keyCondition = parseCondition(input.KeyConditionExpression, 'KeyConditionExpression');
  const index = input.IndexName === undefined ? undefined : indexFor(table, input);
  const keys: KeySchema = index ?? table.settings.keys;
  const read = reading(input, [keyCondition]);
  const { placeholders } = read;
  const partition = keyValue(keyCondition.meaning, keys, placeholders);
  const consistent = input.ConsistentRead === true;
  const candidates =
    index === undefined ? table.partition(partition, consistent) : inIndex(table, index, partition, consistent);
  const chosen = candidates.filter((item) => holds(keyCondition.meaning, item, placeholders));
  const ordered = input.ScanIndexForward === false ? chosen.toReversed() : chosen;
  return page(table, index, ordered, input, read);
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
export function scan(table: Table, input: Input): unknown {
  const index = input.IndexName === undefined ? undefined : indexFor(table, input);
  const keys: KeySchema = index ?? table.settings.keys;
  const items = table.all(input.ConsistentRead === true).filter((item) => item[keys.partition.name] !== undefined);
  return page(table, index, items, input, reading(input, []));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html: a global index has no consistent reads. */
function indexFor(table: Table, input: Input): Index {
  const index = table.index(input.IndexName);
  if (input.ConsistentRead === true) throw invalid('Consistent reads are not supported on global secondary indexes');
  return index;
}

function inIndex(table: Table, index: Index, partition: AttributeValue, consistent: boolean): Item[] {
  const items = table.all(consistent).filter((item) => {
    const value = item[index.partition.name];
    return (
      value !== undefined &&
      equal(value, partition) &&
      (index.sort === undefined || item[index.sort.name] !== undefined)
    );
  });
  const sort = index.sort?.name;
  if (sort === undefined) return items;
  return items.toSorted((a, b) => compare(a[sort] as AttributeValue, b[sort] as AttributeValue) ?? 0);
}

type Reading = { filter?: Parsed<Condition>; projection?: Parsed<Path[]>; placeholders: Placeholders };

function reading(input: Input, more: Parsed<unknown>[]): Reading {
  const filter =
    input.FilterExpression === undefined ? undefined : parseCondition(input.FilterExpression, 'FilterExpression');
  const projection = input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression);
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(projection === undefined ? {} : { projection }),
    placeholders: new Placeholders(input, [...more, filter, projection]),
  };
}

function page(table: Table, index: Index | undefined, items: Item[], input: Input, read: Reading): unknown {
  const start = input.ExclusiveStartKey === undefined ? 0 : after(items, input.ExclusiveStartKey);
  const found: Item[] = [];
  let bytes = 0;
  let at = start;
  for (; at < items.length && at - start < (input.Limit ?? Number.POSITIVE_INFINITY) && bytes < PAGE_BYTES; at++) {
    const item = items[at] as Item;
    bytes += itemBytes(item);
    if (read.filter === undefined || holds(read.filter.meaning, item, read.placeholders)) found.push(item);
  }
  const last = items[at - 1];
  return {
    Count: found.length,
    ScannedCount: at - start,
    ...(input.Select === 'COUNT' ? {} : { Items: found.map((item) => shown(table, index, item, read)) }),
    ...(at < items.length && last !== undefined ? { LastEvaluatedKey: copyItem(keysIn(table, index, last)) } : {}),
  };
}

function keysIn(table: Table, index: Index | undefined, item: Item): Item {
  const key = table.keyOf(item);
  for (const name of [index?.partition.name, index?.sort?.name])
    if (name !== undefined && item[name] !== undefined) key[name] = item[name];
  return key;
}

function after(items: Item[], key: Item): number {
  const place = items.findIndex((item) =>
    Object.entries(key).every(([name, value]) => item[name] !== undefined && equal(item[name], value)),
  );
  return place + 1;
}

function shown(table: Table, index: Index | undefined, item: Item, read: Reading): Item {
  const visible = index === undefined || index.projection === 'ALL' ? item : projected(table, index, item);
  return read.projection === undefined
    ? copyItem(visible)
    : project(visible, read.projection.meaning, read.placeholders);
}

function projected(table: Table, index: Index, item: Item): Item {
  const part = keysIn(table, index, item);
  for (const name of index.included) if (item[name] !== undefined) part[name] = item[name];
  return part;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html */
export function project(item: Item, paths: Path[], placeholders: Placeholders): Item {
  const result: Item = {};
  for (const path of paths) {
    const value = placeholders.find(item, path);
    if (value === undefined) continue;
    let wrapped = value;
    for (const step of path.slice(1).toReversed()) {
      const key = placeholders.step(step);
      wrapped = typeof key === 'number' ? { L: [wrapped] } : { M: { [key]: wrapped } };
    }
    const name = String(placeholders.step(path[0] ?? { index: 0 }));
    result[name] = merge(result[name], wrapped);
  }
  return copyItem(result);
}

function merge(a: AttributeValue | undefined, b: AttributeValue): AttributeValue {
  if (a === undefined) return b;
  if ('L' in a && 'L' in b) return { L: [...a.L, ...b.L] };
  if (!('M' in a && 'M' in b)) return b;
  const merged: Item = { ...a.M };
  for (const [name, value] of Object.entries(b.M)) merged[name] = merge(merged[name], value);
  return { M: merged };
}

/** The partition's value: one equality, and at most one condition on the sort key. */
function keyValue(condition: Condition, keys: KeySchema, placeholders: Placeholders): AttributeValue {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  let partition: AttributeValue | undefined;
  for (const part of parts) {
    const name = attributeOf(part, placeholders);
    if (
      name === keys.partition.name &&
      part.kind === 'compare' &&
      part.comparator === '=' &&
      part.right.kind === 'value'
    )
      partition = placeholders.value(part.right.name);
    else if (name === keys.partition.name) throw invalid('Query key condition not supported');
    else if (name === undefined || name !== keys.sort?.name || !SORT_CONDITIONS(part))
      throw invalid(
        `Query condition missed key schema element: ${partition === undefined ? keys.partition.name : (keys.sort?.name ?? '')}`,
      );
  }
  if (partition === undefined) throw invalid(`Query condition missed key schema element: ${keys.partition.name}`);
  if (!(keys.partition.type in partition))
    throw invalid('One or more parameter values were invalid: Condition parameter type does not match schema type');
  return partition;
}

const SORT_CONDITIONS = (part: Condition): boolean =>
  part.kind === 'between' ||
  (part.kind === 'compare' && part.comparator !== '<>') ||
  (part.kind === 'function' && part.name === 'begins_with');

function attributeOf(part: Condition, placeholders: Placeholders): string | undefined {
  const operand =
    part.kind === 'compare'
      ? part.left
      : part.kind === 'between'
        ? part.operand
        : part.kind === 'function'
          ? part.path
          : undefined;
  if (operand?.kind !== 'path' || operand.path.length !== 1) return undefined;
  return String(placeholders.step(operand.path[0] ?? { index: 0 }));
}
