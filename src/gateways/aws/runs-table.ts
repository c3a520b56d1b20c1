import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { FIRST_OWNERSHIP, type Lock, type Ownership, ownership, type Run } from '../../domain/run.ts';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';
import { everyItem } from './every-item.ts';

export type StepStatus = 'Started' | 'Succeeded' | 'Failed';
export type StepRecord = { step: string; status: StepStatus; startedAt: string; endedAt?: string; result?: unknown };

/** An entry point's traffic: the site it belongs to, since which epoch. */
export type TrafficRecord = { entryPoint: string; owner: 'primary' | 'standby'; epoch: number };

const LOCK = { id: { S: 'lock' }, item: { S: 'failover' } };
const OWNERSHIP = { id: { S: 'ownership' }, item: { S: 'current' } };
const text = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });
const json = (value: AttributeValue | undefined): unknown => (value?.S === undefined ? undefined : JSON.parse(value.S));

/**
 * The table of runs: the lock, who owns the platform, where traffic belongs, and for each run its record and its
 * operation log. Every write that must not happen twice carries its own condition.
 */
export class RunsTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(wires: Wires, region: string, table: string) {
    this.#client = connect(wires, DynamoDBClient, region);
    this.#table = table;
  }

  async lock(): Promise<Lock | undefined> {
    return json(await this.#get(LOCK)) as Lock | undefined;
  }

  /** Answers false when somebody else was quicker. */
  async takeLock(lock: Lock, replacing: Lock | undefined): Promise<boolean> {
    const condition = replacing === undefined ? 'attribute_not_exists(id)' : 'attribute_not_exists(id) OR #data = :old';
    return this.#holds(
      new PutItemCommand({
        TableName: this.#table,
        Item: { ...LOCK, data: text(lock) },
        ConditionExpression: condition,
        ...(replacing && {
          ExpressionAttributeNames: { '#data': 'data' },
          ExpressionAttributeValues: { ':old': text(replacing) },
        }),
      }),
    );
  }

  /** Releases the lock if that run holds it; otherwise leaves it alone. */
  async releaseLock(lock: Lock): Promise<void> {
    await this.#holds(
      new DeleteItemCommand({
        TableName: this.#table,
        Key: LOCK,
        ConditionExpression: '#data = :mine',
        ExpressionAttributeNames: { '#data': 'data' },
        ExpressionAttributeValues: { ':mine': text(lock) },
      }),
    );
  }

  async ownership(): Promise<Ownership> {
    const stored = json(await this.#get(OWNERSHIP));
    return stored === undefined ? FIRST_OWNERSHIP : ownership.parse(stored);
  }

  /** Answers false when the epoch is no longer `from`'s. */
  async changeOwnership(from: Ownership, to: Ownership): Promise<boolean> {
    return this.#holds(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: OWNERSHIP,
        UpdateExpression: 'SET #data = :to, epoch = :toEpoch',
        ConditionExpression: 'attribute_not_exists(id) OR epoch = :fromEpoch',
        ExpressionAttributeNames: { '#data': 'data' },
        ExpressionAttributeValues: {
          ':to': text(to),
          ':toEpoch': { N: String(to.epoch) },
          ':fromEpoch': { N: String(from.epoch) },
        },
      }),
    );
  }

  async traffic(): Promise<TrafficRecord[]> {
    const items = await this.#query('traffic');
    return items.map((item) => json(item.data) as TrafficRecord);
  }

  /** Answers false when a later epoch has already moved it. */
  async moveTraffic(record: TrafficRecord): Promise<boolean> {
    return this.#holds(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { id: { S: 'traffic' }, item: { S: record.entryPoint } },
        UpdateExpression: 'SET #data = :to, epoch = :epoch',
        ConditionExpression: 'attribute_not_exists(id) OR epoch <= :epoch',
        ExpressionAttributeNames: { '#data': 'data' },
        ExpressionAttributeValues: { ':to': text(record), ':epoch': { N: String(record.epoch) } },
      }),
    );
  }

  async createRun(run: Run): Promise<void> {
    await this.#client.send(
      new PutItemCommand({ TableName: this.#table, Item: { ...runKey(run.id), data: text(run) } }),
    );
  }

  /** Writes one fact of a run; the same fact again replaces it. */
  async note(runId: string, fact: string, value: unknown): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { id: { S: runId }, item: { S: `fact#${fact}` } },
        UpdateExpression: 'SET #data = :value',
        ExpressionAttributeNames: { '#data': 'data' },
        ExpressionAttributeValues: { ':value': text(value) },
      }),
    );
  }

  /** The run, its facts and its steps; undefined when there is no such run. */
  async history(runId: string): Promise<{ run: Run; facts: Record<string, unknown>; steps: StepRecord[] } | undefined> {
    const items = await this.#query(runId);
    const record = items.find((item) => item.item?.S === 'run');
    if (record === undefined) return undefined;
    const facts: Record<string, unknown> = {};
    const steps: StepRecord[] = [];
    for (const item of items) {
      const [kind, name] = split(item.item?.S ?? '');
      if (kind === 'fact') facts[name] = json(item.data);
      if (kind === 'step') steps.push(json(item.data) as StepRecord);
    }
    return { run: json(record.data) as Run, facts, steps };
  }

  /**
   * Records that a step begins. Answers the earlier record when the step has already succeeded: then it must not be
   * done again. A step that began and never ended is begun again.
   */
  async beginStep(runId: string, step: StepRecord): Promise<StepRecord | undefined> {
    try {
      await this.#client.send(this.#stepUpdate(runId, step, 'attribute_not_exists(id) OR #status <> :succeeded'));
      return undefined;
    } catch (error) {
      if (!isAwsError(error, 'ConditionalCheckFailedException')) throw error;
      return json((error as { Item?: Record<string, AttributeValue> }).Item?.data) as StepRecord;
    }
  }

  async endStep(runId: string, step: StepRecord): Promise<void> {
    await this.#client.send(this.#stepUpdate(runId, step));
  }

  #stepUpdate(runId: string, step: StepRecord, condition?: string): UpdateItemCommand {
    return new UpdateItemCommand({
      TableName: this.#table,
      Key: { id: { S: runId }, item: { S: `step#${step.step}` } },
      UpdateExpression: 'SET #data = :data, #status = :status',
      ExpressionAttributeNames: { '#data': 'data', '#status': 'status' },
      ExpressionAttributeValues: {
        ':data': text(step),
        ':status': { S: step.status },
        ...(condition && { ':succeeded': { S: 'Succeeded' } }),
      },
      ...(condition && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    });
  }

  async #get(key: Record<string, AttributeValue>): Promise<AttributeValue | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key, ConsistentRead: true }),
    );
    return Item?.data;
  }

  #query(id: string): Promise<Record<string, AttributeValue>[]> {
    const query = {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: id } },
    };
    return everyItem((from) => this.#client.send(new QueryCommand({ ...query, ...from })));
  }

  async #holds(command: PutItemCommand | UpdateItemCommand | DeleteItemCommand): Promise<boolean> {
    try {
      await this.#client.send(command as PutItemCommand);
      return true;
    } catch (error) {
      if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}

const runKey = (id: string) => ({ id: { S: id }, item: { S: 'run' } });
const split = (item: string): [string, string] => {
  const at = item.indexOf('#');
  return at < 0 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
};
