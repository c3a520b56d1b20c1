import { describe, expect, it } from '@jest/globals';
import { DynamoDb } from '../../../src/rehearsal/cloud/dynamodb.ts';
import { ask, emptyWorld, templatePlace } from './data-cloud.ts';

const REGION = 'us-east-2';

function runs() {
  const cloud = emptyWorld();
  const dynamodb = new DynamoDb(cloud.world);
  cloud.world.register(dynamodb);
  dynamodb.resources['AWS::DynamoDB::Table']?.(
    {
      TableName: 'runs',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
    },
    templatePlace(REGION, 'Runs'),
  );
  const call = (operation: string, input: Record<string, unknown>) =>
    ask(cloud.world, REGION, `dynamodb:${operation}`, { TableName: 'runs', ...input });
  const put = (id: string, item: string, more: Record<string, unknown> = {}) =>
    call('PutItem', { Item: { id: { S: id }, item: { S: item }, ...more } });
  const get = (id: string, item: string) => call('GetItem', { Key: key(id, item), ConsistentRead: true });
  const update = (UpdateExpression: string, values: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
    call('UpdateItem', {
      Key: key('p', 'a'),
      UpdateExpression,
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      ReturnValues: 'ALL_NEW',
      ...more,
    });
  return { ...cloud, dynamodb, call, put, get, update };
}

const key = (id: string, item: string) => ({ id: { S: id }, item: { S: item } });

describe('DynamoDB', () => {
  it('gives a lock to the first of two, and shows the second who has it', async () => {
    const { call } = runs();
    const take = (owner: string) =>
      call('PutItem', {
        Item: { ...key('p', 'lock'), owner: { S: owner } },
        ConditionExpression: 'attribute_not_exists(id) OR #owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: owner } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
    await take('first');
    await expect(take('second')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      members: { Item: { owner: { S: 'first' } } },
    });
    await take('first');
  });

  it('makes the item that an update does not find, and counts from zero', async () => {
    const { update } = runs();
    const input = { ':zero': { N: '0' }, ':one': { N: '1' } };
    await update('SET epoch = if_not_exists(epoch, :zero) + :one', input);
    const { Attributes } = await update('SET epoch = if_not_exists(epoch, :zero) + :one', input);
    expect(Attributes).toEqual({ ...key('p', 'a'), epoch: { N: '2' } });
  });

  it('sets, removes, adds and deletes in one update', async () => {
    const { put, update } = runs();
    await put('p', 'a', {
      notes: { L: [{ S: 'x' }] },
      votes: { SS: ['a', 'b'] },
      gone: { BOOL: true },
      deep: { M: { at: { N: '1' } } },
      n: { N: '5' },
    });
    const { Attributes } = await update(
      'SET notes = list_append(notes, :more), deep.#at = n - :two REMOVE gone ADD n :two DELETE votes :a',
      { ':more': { L: [{ S: 'y' }] }, ':two': { N: '2' }, ':a': { SS: ['a'] } },
      { ExpressionAttributeNames: { '#at': 'at' } },
    );
    expect(Attributes).toEqual({
      ...key('p', 'a'),
      notes: { L: [{ S: 'x' }, { S: 'y' }] },
      votes: { SS: ['b'] },
      deep: { M: { at: { N: '3' } } },
      n: { N: '7' },
    });
  });

  it('removes several elements of a list by their places before the update', async () => {
    const { put, update } = runs();
    await put('p', 'a', { steps: { L: [{ S: '0' }, { S: '1' }, { S: '2' }] } });
    expect((await update('REMOVE steps[0], steps[1]')).Attributes.steps).toEqual({ L: [{ S: '2' }] });
  });

  it('returns only what an update changed when asked so', async () => {
    const { put, update } = runs();
    await put('p', 'a', { n: { N: '1' }, other: { S: 'x' } });
    const one = { ':one': { N: '1' } };
    expect((await update('ADD n :one', one, { ReturnValues: 'UPDATED_OLD' })).Attributes).toEqual({ n: { N: '1' } });
    expect((await update('ADD n :one', one, { ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual({ n: { N: '3' } });
  });

  it.each([
    ['SET status = :x', { ':x': { S: '' } }, /reserved keyword: status/],
    ['SET a = :x', {}, /not defined; attribute value: :x/],
    ['SET a = :x', { ':x': { S: '' }, ':y': { S: '' } }, /unused in expressions: keys: \{:y\}/],
    ['SET a = :x, a = :x', { ':x': { S: '' } }, /overlap/],
    ['SET id = :x', { ':x': { S: 'q' } }, /part of the key/],
    ['SET a.b = :x', { ':x': { S: 'q' } }, /document path provided in the update expression is invalid/],
    ['SET a = b + :x', { ':x': { N: '1' } }, /attribute that does not exist in the item/],
    ['SET a = :x +', { ':x': { N: '1' } }, /Syntax error/],
    ['SET a = size(b)', {}, /Invalid function name; function: size/],
    ['ADD a :x', { ':x': { S: 'q' } }, /Incorrect operand type/],
    ['SET a = :x', { ':x': { N: 'ten' } }, /cannot be converted to a numeric value/],
    ['SET a = :x', { ':x': { SS: [] } }, /may not be empty/],
  ])('refuses the update %s with %j', async (expression, values, message) => {
    const { update } = runs();
    await expect(update(expression, values)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{ id: { S: 'p' } }, /Missing the key item/],
    [{ id: { N: '1' }, item: { S: 'a' } }, /Type mismatch for key id expected: S actual: N/],
    [{ id: { S: '' }, item: { S: 'a' } }, /empty string value. Key: id/],
  ])('refuses the item %j', async (Item, message) => {
    const { call } = runs();
    await expect(call('PutItem', { Item })).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it('says when a table does not exist in that region', async () => {
    const { world, put } = runs();
    await put('p', 'a');
    const elsewhere = ask(world, 'us-west-2', 'dynamodb:GetItem', { TableName: 'runs', Key: key('p', 'a') });
    await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each([
    ['n BETWEEN :two AND :four', 'bcd'],
    ['n > :two AND NOT n = :four', 'c'],
    ['n IN (:two, :four)', 'bd'],
    ['begins_with(#text, :x) OR attribute_not_exists(#text)', 'ad'],
    ['contains(tags, :x) AND size(tags) = :two', 'b'],
    ['attribute_type(n, :type)', 'abcd'],
    ['#text <> :x', 'abcd'],
  ])('filters by %s', async (FilterExpression, expected) => {
    const { call, put } = runs();
    await put('p', 'a', { n: { N: '1' }, text: { S: 'xa' } });
    await put('p', 'b', { n: { N: '2' }, text: { S: 'b' }, tags: { SS: ['x', 'y'] } });
    await put('p', 'c', { n: { N: '3.0' }, text: { S: 'c' }, tags: { L: [{ S: 'x' }] } });
    await put('p', 'd', { n: { N: '04' } });
    const values: Record<string, unknown> = {
      ':two': { N: '2' },
      ':four': { N: '4' },
      ':x': { S: 'x' },
      ':type': { S: 'N' },
    };
    const used = Object.keys(values).filter((name) => FilterExpression.includes(name));
    const { Items } = await call('Query', {
      KeyConditionExpression: 'id = :p',
      FilterExpression,
      ExpressionAttributeValues: { ':p': { S: 'p' }, ...Object.fromEntries(used.map((name) => [name, values[name]])) },
      ...(FilterExpression.includes('#text') ? { ExpressionAttributeNames: { '#text': 'text' } } : {}),
      ConsistentRead: true,
    });
    expect(Items.map(({ item }: { item: { S: string } }) => item.S).join('')).toBe(expected);
  });

  it('refuses an item of more than 400 KB', async () => {
    const { put } = runs();
    const text = { S: 'x'.repeat(410_000) };
    await expect(put('p', 'a', { text })).rejects.toMatchObject({
      message: expect.stringMatching(/exceeded the maximum/),
    });
  });

  it('queries a partition by the start of its sort key, newest first, a page at a time', async () => {
    const { call, put } = runs();
    for (const item of ['step#1', 'step#2', 'step#3', 'lock']) await put('p', item);
    await put('q', 'step#9');
    const ask = (ExclusiveStartKey?: unknown) =>
      call('Query', {
        KeyConditionExpression: 'id = :p AND begins_with(#item, :step)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':p': { S: 'p' }, ':step': { S: 'step#' } },
        ScanIndexForward: false,
        Limit: 2,
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
    const first = await ask();
    expect(first.Items.map(({ item }: { item: { S: string } }) => item.S)).toEqual(['step#3', 'step#2']);
    const second = await ask(first.LastEvaluatedKey);
    expect(second.Items.map(({ item }: { item: { S: string } }) => item.S)).toEqual(['step#1']);
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  it('refuses a key condition that does not name the partition', async () => {
    const { call } = runs();
    const input = {
      KeyConditionExpression: 'begins_with(#item, :x)',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':x': { S: 'x' } },
    };
    await expect(call('Query', input)).rejects.toMatchObject({
      message: 'Query condition missed key schema element: id',
    });
  });

  it('projects parts of an item', async () => {
    const { call, put } = runs();
    await put('p', 'a', { deep: { M: { one: { S: '1' }, two: { S: '2' } } }, n: { N: '1' } });
    const { Item } = await call('GetItem', {
      Key: key('p', 'a'),
      ProjectionExpression: 'deep.two, n',
      ConsistentRead: true,
    });
    expect(Item).toEqual({ deep: { M: { two: { S: '2' } } }, n: { N: '1' } });
  });

  it('writes all of a transaction or none of it, and says which part failed', async () => {
    const { world, put, get } = runs();
    await put('p', 'a');
    const transaction = (item: string) => ({
      TransactItems: [
        { Put: { TableName: 'runs', Item: { ...key('p', 'b'), n: { N: '1' } } } },
        { ConditionCheck: { TableName: 'runs', Key: key('p', item), ConditionExpression: 'attribute_exists(id)' } },
      ],
    });
    await expect(ask(world, REGION, 'dynamodb:TransactWriteItems', transaction('none'))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      members: { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] },
    });
    expect((await get('p', 'b')).Item).toBeUndefined();
    await ask(world, REGION, 'dynamodb:TransactWriteItems', transaction('a'));
    expect((await get('p', 'b')).Item).toEqual({ ...key('p', 'b'), n: { N: '1' } });
  });

  it('may answer an eventually consistent read with the version before, a consistent one never', async () => {
    const { call, put } = runs();
    const seen = { eventual: new Set<string>(), consistent: new Set<string>() };
    for (let turn = 0; turn < 30; turn++) {
      await put('p', 'a', { n: { N: 'old'.length.toString() } });
      await put('p', 'a', { n: { N: '4' } });
      for (const ConsistentRead of [false, true]) {
        const { Item } = await call('GetItem', { Key: key('p', 'a'), ConsistentRead });
        seen[ConsistentRead ? 'consistent' : 'eventual'].add(Item.n.N);
      }
    }
    expect([...seen.consistent]).toEqual(['4']);
    expect([...seen.eventual].sort()).toEqual(['3', '4']);
  });

  it('is not changed by whoever changes what it answered', async () => {
    const { put, get } = runs();
    await put('p', 'a', { deep: { M: { n: { N: '1' } } } });
    const { Item } = await get('p', 'a');
    Item.deep.M.n.N = '2';
    expect((await get('p', 'a')).Item.deep.M.n.N).toBe('1');
  });
});
