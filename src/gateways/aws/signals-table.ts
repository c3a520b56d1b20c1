import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { type Signal, signal } from '../../domain/signals.ts';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';
import { everyItem } from './every-item.ts';

/** What each observer last said of each site. One item an observer; the newest word replaces the one before. */
export class SignalsTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(wires: Wires, region: string, table: string) {
    this.#client = connect(wires, DynamoDBClient, region);
    this.#table = table;
  }

  async get(site: string, observer: string): Promise<Signal | undefined> {
    const Key = { site: { S: site }, observer: { S: observer } };
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    return Item && parse(Item);
  }

  async put(value: Signal): Promise<void> {
    const Item = { site: { S: value.site }, observer: { S: value.observer }, data: { S: JSON.stringify(value) } };
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item }));
  }

  async ofSite(site: string): Promise<Signal[]> {
    const query = {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: 'site = :site',
      ExpressionAttributeValues: { ':site': { S: site } },
    };
    const items = await everyItem<Record<string, AttributeValue>>((from) =>
      this.#client.send(new QueryCommand({ ...query, ...from })),
    );
    return items.map(parse);
  }
}

const parse = (item: Record<string, AttributeValue>): Signal => signal.parse(JSON.parse(item.data?.S ?? ''));
