import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ProvenRepositories } from '../../domain/arrival.ts';
import { type CataloguedPoint, cataloguedPoint, type ScheduleState, scheduleState } from '../../domain/catalogue.ts';
import type { StoreAge } from '../../domain/store-ages.ts';
import { type Verification, verification } from '../../domain/verification.ts';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';
import { everyItem } from './every-item.ts';

type Item = Record<string, AttributeValue>;
type Kind = 'point' | 'open' | 'schedule' | 'repository' | 'ages' | 'verification';

/** Tries of a change that others keep making too; two judges of one schedule at once are rare, three rarer. */
const CHANGES_TRIED = 5;

/** Velero's stamps, `20261120223000`: between these no name of another schedule lies, such as `critical-20m`'s. */
const FIRST_STAMP = '20000000000000';
const LAST_STAMP = '20999999999999';

const text = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });
const dataOf = (item: Item | undefined): unknown => (item?.data?.S === undefined ? undefined : JSON.parse(item.data.S));

/**
 * The catalogue: every recovery point with its evidence, which of them are still open, how each schedule fares, which
 * repositories are proven, and how long stores were unprotected. What it takes to read or write one point does not
 * depend on how many there are.
 */
export class CatalogueTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(wires: Wires, region: string, table: string) {
    this.#client = connect(wires, DynamoDBClient, region);
    this.#table = table;
  }

  async point(backup: string): Promise<CataloguedPoint | undefined> {
    const value = dataOf(await this.#get('point', backup));
    return value === undefined ? undefined : cataloguedPoint.parse(value);
  }

  /** The newest points of a schedule, newest first: scheduled backups are named after their schedule and time. */
  async newest(schedule: string, limit: number): Promise<CataloguedPoint[]> {
    const items = await this.#query('point', {
      KeyConditionExpression: 'kind = :kind AND #name BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: {
        ':kind': { S: 'point' },
        ':first': { S: `${schedule}-${FIRST_STAMP}` },
        ':last': { S: `${schedule}-${LAST_STAMP}` },
      },
      ScanIndexForward: false,
      Limit: limit,
    });
    return items.map((item) => cataloguedPoint.parse(dataOf(item))).filter((known) => known.schedule === schedule);
  }

  /** Marked open first and closed last: what is not judged for good is always found again. */
  async putPoint(known: CataloguedPoint, open: boolean): Promise<void> {
    if (open) await this.#put('open', known.backup, { since: known.sealedAt });
    await this.#put('point', known.backup, known);
    if (!open)
      await this.#client.send(new DeleteItemCommand({ TableName: this.#table, Key: key('open', known.backup) }));
  }

  /** Names of the backups that are not judged for good. */
  async open(): Promise<string[]> {
    return (await this.#query('open')).map((item) => item.name?.S ?? '');
  }

  async openPoints(): Promise<CataloguedPoint[]> {
    const points = await Promise.all((await this.open()).map((backup) => this.point(backup)));
    return points.filter((point) => point !== undefined);
  }

  async schedules(): Promise<ScheduleState[]> {
    return (await this.#query('schedule')).map((item) => scheduleState.parse(dataOf(item)));
  }

  /** The newest point of a schedule that was called restorable. */
  async newestRestorable(schedule: string): Promise<CataloguedPoint | undefined> {
    const state = dataOf(await this.#get('schedule', schedule));
    const restorable = state === undefined ? null : scheduleState.parse(state).restorable;
    return restorable === null ? undefined : this.point(restorable.backup);
  }

  /** Changes a schedule's state; changed by somebody else meanwhile, it is read and changed again. */
  async changeSchedule(schedule: string, change: (state: ScheduleState | undefined) => ScheduleState): Promise<void> {
    for (let tries = 0; tries < CHANGES_TRIED; tries++) {
      const before = (await this.#get('schedule', schedule))?.data;
      const state = before?.S === undefined ? undefined : scheduleState.parse(JSON.parse(before.S));
      if (await this.#putUnlessChanged('schedule', schedule, change(state), before)) return;
    }
    throw new Error(`the state of schedule ${schedule} changed ${CHANGES_TRIED} times while it was being changed`);
  }

  async repositories(): Promise<ProvenRepositories> {
    const items = await this.#query('repository');
    return new Map(items.map((item) => [item.name?.S ?? '', dataOf(item) as { at: number; backup: string }]));
  }

  /** Proven by a later seal already, it stays so. */
  async prove(folder: string, proof: { at: number; backup: string }): Promise<void> {
    const Item = { ...key('repository', folder), data: text(proof), at: { N: String(proof.at) } };
    await this.#conditionally({
      Item,
      ConditionExpression: 'attribute_not_exists(kind) OR #at < :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':at': Item.at },
    });
  }

  /** How long each store was unprotected at that moment. */
  async writeAges(at: Date, ages: StoreAge[]): Promise<void> {
    await this.#put('ages', at.toISOString(), ages);
  }

  /** The newest ages that were written, newest first. */
  async ages(limit: number): Promise<{ at: string; ages: StoreAge[] }[]> {
    const items = await this.#query('ages', { ScanIndexForward: false, Limit: limit });
    return items.map((item) => ({ at: item.name?.S ?? '', ages: dataOf(item) as StoreAge[] }));
  }

  /** The last verification of a schedule's newest recovery point. */
  async writeVerification(value: Verification): Promise<void> {
    await this.#put('verification', value.schedule, value);
  }

  /** The last of each schedule. */
  async verifications(): Promise<Verification[]> {
    return (await this.#query('verification')).map((item) => verification.parse(dataOf(item)));
  }

  async #get(kind: Kind, name: string): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(kind, name), ConsistentRead: true }),
    );
    return Item;
  }

  async #put(kind: Kind, name: string, value: unknown): Promise<void> {
    await this.#client.send(
      new PutItemCommand({ TableName: this.#table, Item: { ...key(kind, name), data: text(value) } }),
    );
  }

  #putUnlessChanged(kind: Kind, name: string, value: unknown, before: AttributeValue | undefined): Promise<boolean> {
    const Item = { ...key(kind, name), data: text(value) };
    if (before === undefined) return this.#conditionally({ Item, ConditionExpression: 'attribute_not_exists(kind)' });
    return this.#conditionally({
      Item,
      ConditionExpression: '#data = :before',
      ExpressionAttributeNames: { '#data': 'data' },
      ExpressionAttributeValues: { ':before': before },
    });
  }

  async #conditionally(input: Omit<ConstructorParameters<typeof PutItemCommand>[0], 'TableName'>): Promise<boolean> {
    try {
      await this.#client.send(new PutItemCommand({ ...input, TableName: this.#table }));
      return true;
    } catch (error) {
      if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  /** All of a kind, unless the query says otherwise. */
  #query(kind: Kind, input: Partial<QueryCommandInput> = {}): Promise<Item[]> {
    const query = {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: kind } },
      ...input,
    };
    return everyItem<Item>((from) => this.#client.send(new QueryCommand({ ...query, ...from })), input.Limit);
  }
}

const key = (kind: Kind, name: string) => ({ kind: { S: kind }, name: { S: name } });
