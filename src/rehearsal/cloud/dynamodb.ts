import type { Random } from '../kernel/random.ts';
import { parseProjection } from './dynamodb-expressions.ts';
import { Placeholders } from './dynamodb-placeholders.ts';
import { project, query, scan } from './dynamodb-queries.ts';
import { type Index, type KeySchema, notFound, Table } from './dynamodb-table.ts';
import { type Item, invalid } from './dynamodb-values.ts';
import { part, prepare, returned, transact, type WriteKind } from './dynamodb-writes.ts';
import { physicalName } from './physical-name.ts';
import type { Input, Operation, Permission, Place, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

const MAX_BATCH_KEYS = 100;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken */
const TOKEN_MS = 10 * 60_000;

/** Amazon DynamoDB: tables of one region each. */
export class DynamoDb implements Service {
  readonly id = 'dynamodb';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #random: Random;
  readonly #tables = new Map<string, Table>();
  readonly #transactions = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.kernel.random.fork('dynamodb');
    this.resources = { 'AWS::DynamoDB::Table': (properties, at) => this.#fromTemplate(properties, at) };
    this.operations = {
      GetItem: this.#onTable('GetItem', (table, input) => get(table, input)),
      PutItem: this.#write('PutItem', 'Put'),
      UpdateItem: this.#write('UpdateItem', 'Update'),
      DeleteItem: this.#write('DeleteItem', 'Delete'),
      Query: this.#onTable('Query', query),
      Scan: this.#onTable('Scan', scan),
      BatchGetItem: {
        permissions: (input, at) =>
          Object.keys(input.RequestItems).map((name) => ({
            action: 'dynamodb:BatchGetItem',
            resource: this.#arn(name, at),
          })),
        answer: (input, at) => this.#batchGet(input, at),
      },
      TransactWriteItems: {
        permissions: (input, at) => this.#transactPermissions(input, at),
        answer: (input, at) => this.#transact(input, at),
      },
      DescribeTable: this.#onTable('DescribeTable', (table) => ({
        Table: { TableName: table.settings.name, TableArn: table.settings.arn, TableStatus: 'ACTIVE' },
      })),
    };
  }

  /** A table by name or ARN. */
  table(nameOrArn: string, region: string): Table {
    const name = nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn;
    const where = nameOrArn.startsWith('arn:') ? nameOrArn.split(':')[3] : region;
    const table = this.#tables.get(`${where}/${name}`);
    if (table === undefined || where !== region) throw notFound(`table ${name} in ${region}`);
    return table;
  }

  /** Every item as it is now: for whoever looks at the truth. */
  items(name: string, region: string): Item[] {
    return this.table(name, region).all(true);
  }

  #arn(nameOrArn: string, at: Place): string {
    if (nameOrArn.startsWith('arn:')) return nameOrArn;
    return `arn:aws:dynamodb:${at.region}:${this.#world.account}:table/${nameOrArn}`;
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
  #onTable(action: string, answer: (table: Table, input: Input) => unknown): Operation {
    return {
      permissions: (input, at) => {
        const table = this.#arn(input.TableName, at);
        const resource = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
        return [{ action: `dynamodb:${action}`, resource, ...this.#leadingKey(input, at) }];
      },
      answer: (input, at) => answer(this.table(input.TableName, at.region), input),
    };
  }

  #write(action: string, kind: WriteKind): Operation {
    return this.#onTable(action, (table, input) => {
      const write = prepare(table, kind, input);
      const answer = returned(kind, write, input.ReturnValues);
      write.apply();
      return answer;
    });
  }

  #leadingKey(input: Input, at: Place): { context?: Record<string, string> } {
    const key: Item | undefined = input.Key ?? input.Item;
    const table = this.#tables.get(`${at.region}/${input.TableName}`);
    const value = table === undefined ? undefined : key?.[table.settings.keys.partition.name];
    if (value === undefined) return {};
    return { context: { 'dynamodb:LeadingKeys': String(Object.values(value)[0]) } };
  }

  #batchGet(input: Input, at: Place): unknown {
    const requests: [string, Input][] = Object.entries(input.RequestItems);
    const keys = requests.reduce((sum, [, request]) => sum + request.Keys.length, 0);
    if (keys > MAX_BATCH_KEYS) throw invalid('Too many items requested for the BatchGetItem call');
    const Responses = requests.map(([name, request]) => {
      const table = this.table(name, at.region);
      const items = (request.Keys as Item[]).map((Key) => get(table, { ...request, Keys: undefined, Key }).Item);
      return [name, items.filter((item) => item !== undefined)];
    });
    return { Responses: Object.fromEntries(Responses), UnprocessedKeys: {} };
  }

  #transactPermissions(input: Input, at: Place): Permission[] {
    return (input.TransactItems as Input[]).map((item) => {
      const { kind, request } = part(item);
      return {
        action: `dynamodb:${kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`}`,
        resource: this.#arn(request.TableName, at),
      };
    });
  }

  #transact(input: Input, at: Place): unknown {
    const token: string | undefined = input.ClientRequestToken;
    const doneAt = token === undefined ? undefined : this.#transactions.get(token);
    if (doneAt !== undefined && this.#world.kernel.now - doneAt < TOKEN_MS) return {};
    transact((name) => this.table(name, at.region), input);
    if (token !== undefined) this.#transactions.set(token, this.#world.kernel.now);
    return {};
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
  #fromTemplate(properties: Input, at: ResourcePlace): { ref: string; attributes: Record<string, string> } {
    const name = physicalName(properties.TableName, at, 255);
    const arn = `arn:aws:dynamodb:${at.region}:${this.#world.account}:table/${name}`;
    const schema = (elements: Input[]): KeySchema => keySchema(elements, properties.AttributeDefinitions);
    const indexes = [...(properties.GlobalSecondaryIndexes ?? []), ...(properties.LocalSecondaryIndexes ?? [])].map(
      (index: Input): Index => ({
        ...schema(index.KeySchema),
        name: index.IndexName,
        projection: index.Projection.ProjectionType,
        included: index.Projection.NonKeyAttributes ?? [],
      }),
    );
    const settings = { name, region: at.region, arn, keys: schema(properties.KeySchema), indexes };
    this.#tables.set(`${at.region}/${name}`, new Table(settings, () => this.#world.kernel.now, this.#random));
    const stream =
      properties.StreamSpecification === undefined ? {} : { StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` };
    return { ref: name, attributes: { Arn: arn, ...stream } };
  }
}

function keySchema(elements: Input[], definitions: Input[]): KeySchema {
  const attribute = (keyType: string) => {
    const name: string | undefined = elements.find((element) => element.KeyType === keyType)?.AttributeName;
    if (name === undefined) return undefined;
    const definition = definitions.find((one) => one.AttributeName === name);
    if (definition === undefined)
      throw invalid(
        `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}]`,
      );
    return { name, type: String(definition.AttributeType) };
  };
  const partition = attribute('HASH');
  const sort = attribute('RANGE');
  if (partition === undefined) throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  return sort === undefined ? { partition } : { partition, sort };
}

function get(table: Table, input: Input): { Item?: Item } {
  table.checkKey(input.Key);
  const projection = input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression);
  const placeholders = new Placeholders(input, [projection]);
  const item = table.read(input.Key, input.ConsistentRead === true);
  if (item === undefined) return {};
  return { Item: projection === undefined ? item : project(item, projection.meaning, placeholders) };
}
