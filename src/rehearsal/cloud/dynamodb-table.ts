import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import {
  type AttributeValue,
  checkValue,
  compare,
  copyItem,
  type Item,
  invalid,
  itemBytes,
  MAX_ITEM_BYTES,
  typeOf,
} from './dynamodb-values.ts';

export type KeyAttribute = { name: string; type: string };
export type KeySchema = { partition: KeyAttribute; sort?: KeyAttribute };
export type Index = KeySchema & { name: string; projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; included: string[] };
export type TableSettings = { name: string; region: string; arn: string; keys: KeySchema; indexes: Index[] };

/**
 * An eventually consistent read may miss a write of the last moments. How long and how often is not published;
 * "usually within one second or less". https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
 */
const STALE_WINDOW_MS = 500;
const STALE_CHANCE = 0.2;

type Before = { item: Item | undefined; changedAt: number };

/** A table: items by partition, in the order of their sort keys. Items handed in and out are copies. */
export class Table {
  readonly settings: TableSettings;
  readonly #partitions = new Map<string, Item[]>();
  readonly #before = new Map<string, Before>();
  readonly #now: () => number;
  readonly #random: Random;

  constructor(settings: TableSettings, now: () => number, random: Random) {
    this.settings = settings;
    this.#now = now;
    this.#random = random;
  }

  /** Exactly the key's attributes, each of its type. */
  checkKey(key: Item): void {
    const wanted = this.#keyAttributes();
    const fits =
      wanted.length === Object.keys(key).length &&
      wanted.every(({ name, type }) => key[name] !== undefined && typeOf(key[name]) === type);
    if (!fits) throw invalid('The provided key element does not match the schema');
    this.#refuseEmptyKeys(key);
  }

  checkItem(item: Item): void {
    for (const { name, type } of this.#keyAttributes()) {
      const value = item[name];
      if (value === undefined)
        throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`);
      if (typeOf(value) !== type)
        throw invalid(
          `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
        );
    }
    this.#refuseEmptyKeys(item);
    for (const [name, value] of Object.entries(item))
      checkValue(value, `One or more parameter values were invalid: ${name}`);
    for (const index of this.settings.indexes)
      for (const { name, type } of [index.partition, ...(index.sort === undefined ? [] : [index.sort])]) {
        const value = item[name];
        if (value !== undefined && typeOf(value) !== type)
          throw invalid(
            `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
          );
      }
    if (itemBytes(item) > MAX_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
  }

  /** The item itself, for conditions and updates; never handed out. */
  current(key: Item): Item | undefined {
    const items = this.#partitions.get(this.#partitionOf(key)) ?? [];
    return items.find((item) => this.#order(item, key) === 0);
  }

  read(key: Item, consistent: boolean): Item | undefined {
    const item = consistent ? this.current(key) : this.#perhapsStale(key, this.current(key));
    return item === undefined ? undefined : copyItem(item);
  }

  write(item: Item): void {
    const partition = this.#partitionOf(item);
    const items = this.#partitions.get(partition);
    if (items === undefined) {
      this.#partitions.set(partition, [copyItem(item)]);
      this.#remember(item, undefined);
      return;
    }
    const place = items.findIndex((other) => this.#order(other, item) >= 0);
    const replaces = place >= 0 && this.#order(items[place] as Item, item) === 0;
    this.#remember(item, replaces ? items[place] : undefined);
    items.splice(place < 0 ? items.length : place, replaces ? 1 : 0, copyItem(item));
  }

  remove(key: Item): void {
    const partition = this.#partitionOf(key);
    const items = this.#partitions.get(partition) ?? [];
    const place = items.findIndex((item) => this.#order(item, key) === 0);
    if (place < 0) return;
    this.#remember(key, items[place]);
    items.splice(place, 1);
    if (items.length === 0) this.#partitions.delete(partition);
  }

  /** The items of one partition, in order, as a read of that consistency sees them; not copies. */
  partition(value: AttributeValue, consistent: boolean): Item[] {
    const items = this.#partitions.get(keyText(value)) ?? [];
    return consistent
      ? items
      : items.map((item) => this.#perhapsStale(item, item)).filter((item) => item !== undefined);
  }

  all(consistent: boolean): Item[] {
    const items = [...this.#partitions.values()].flat();
    return consistent
      ? items
      : items.map((item) => this.#perhapsStale(item, item)).filter((item) => item !== undefined);
  }

  keyOf(item: Item): Item {
    const key: Item = {};
    for (const { name } of this.#keyAttributes()) if (item[name] !== undefined) key[name] = item[name];
    return key;
  }

  index(name: string): Index {
    const index = this.settings.indexes.find((one) => one.name === name);
    if (index === undefined) throw invalid(`The table does not have the specified index: ${name}`);
    return index;
  }

  #keyAttributes(): KeyAttribute[] {
    const { partition, sort } = this.settings.keys;
    return sort === undefined ? [partition] : [partition, sort];
  }

  #refuseEmptyKeys(item: Item): void {
    for (const { name } of this.#keyAttributes()) {
      const value = item[name];
      if (value !== undefined && (('S' in value && value.S === '') || ('B' in value && value.B.length === 0)))
        throw invalid(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${'S' in value ? 'string' : 'binary'} value. Key: ${name}`,
        );
    }
  }

  #partitionOf(item: Item): string {
    return keyText(item[this.settings.keys.partition.name] as AttributeValue);
  }

  #order(a: Item, b: Item): number {
    const sort = this.settings.keys.sort?.name;
    return sort === undefined ? 0 : (compare(a[sort] as AttributeValue, b[sort] as AttributeValue) ?? 0);
  }

  #identity(item: Item): string {
    return Object.values(this.keyOf(item)).map(keyText).join('\n');
  }

  #remember(key: Item, item: Item | undefined): void {
    if (this.#before.size > 100)
      for (const [identity, before] of this.#before)
        if (this.#now() - before.changedAt > STALE_WINDOW_MS) this.#before.delete(identity);
    this.#before.set(this.#identity(key), { item, changedAt: this.#now() });
  }

  #perhapsStale(key: Item, current: Item | undefined): Item | undefined {
    if (this.#before.size === 0) return current;
    const before = this.#before.get(this.#identity(key));
    const recent = before !== undefined && this.#now() - before.changedAt < STALE_WINDOW_MS;
    return recent && this.#random.next() < STALE_CHANCE ? before.item : current;
  }
}

function keyText(value: AttributeValue): string {
  if ('N' in value) return `N${Number(value.N)}`;
  return 'B' in value ? `B${Buffer.from(value.B).toString('base64')}` : `S${'S' in value ? value.S : ''}`;
}

export const notFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Requested resource not found (${name})`, 400);
