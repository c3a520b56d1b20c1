import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import { holds } from './dynamodb-conditions.ts';
import { parseCondition, parseUpdate } from './dynamodb-expressions.ts';
import { Placeholders } from './dynamodb-placeholders.ts';
import type { Table } from './dynamodb-table.ts';
import { updated } from './dynamodb-updates.ts';
import { copyItem, type Item, invalid } from './dynamodb-values.ts';
import type { Input } from './service.ts';

/** A write that passed every check, ready to be done in one go. */
export type PreparedWrite = { apply: () => void; before: Item | undefined; after: Item | undefined; touched: string[] };
export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

const LEGACY = ['Expected', 'AttributeUpdates', 'ConditionalOperator'];

/** Checks a write's input and condition. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html */
export function prepare(table: Table, kind: WriteKind, input: Input): PreparedWrite {
  const legacy = LEGACY.find((member) => input[member] !== undefined);
  if (legacy !== undefined) throw new NotSimulated(`dynamodb's legacy parameter ${legacy}`);
  const condition = input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression);
  const update = input.UpdateExpression === undefined ? undefined : parseUpdate(input.UpdateExpression);
  const placeholders = new Placeholders(input, [condition, update]);
  const key: Item = kind === 'Put' ? input.Item : input.Key;
  if (kind === 'Put') table.checkItem(key);
  else table.checkKey(key);
  const before = table.current(key);
  if (condition !== undefined && !holds(condition.meaning, before ?? {}, placeholders))
    throw conditionFailed(input, before);
  if (kind === 'ConditionCheck') return { apply: () => {}, before, after: before, touched: [] };
  if (kind === 'Delete') return { apply: () => table.remove(key), before, after: undefined, touched: [] };
  if (kind === 'Put') return { apply: () => table.write(key), before, after: key, touched: [] };
  const { item, touched } = updated(before ?? key, update?.meaning ?? [], placeholders);
  const changedKey = touched.find((name) => name in key);
  if (changedKey !== undefined)
    throw invalid(
      `One or more parameter values were invalid: Cannot update attribute ${changedKey}. This attribute is part of the key`,
    );
  table.checkItem(item);
  return { apply: () => table.write(item), before, after: item, touched };
}

function conditionFailed(input: Input, before: Item | undefined): AwsError {
  const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
  return new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    shown ? { Item: copyItem(before) } : {},
  );
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
export function returned(kind: WriteKind, { before, after, touched }: PreparedWrite, returnValues = 'NONE'): unknown {
  const allowed =
    kind === 'Update' ? ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'] : ['NONE', 'ALL_OLD'];
  if (!allowed.includes(returnValues)) throw invalid(`Return values set to invalid value: ${returnValues}`);
  if (returnValues === 'NONE') return {};
  const source = returnValues.endsWith('OLD') ? before : after;
  if (source === undefined) return {};
  if (returnValues.startsWith('ALL')) return { Attributes: copyItem(source) };
  const part: Item = {};
  for (const name of touched) if (source[name] !== undefined) part[name] = source[name];
  return { Attributes: copyItem(part) };
}

const MAX_TRANSACTION_ITEMS = 100;

/**
 * All or none. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function transact(tableOf: (name: string) => Table, input: Input): void {
  const items: Input[] = input.TransactItems;
  if (items.length > MAX_TRANSACTION_ITEMS)
    throw invalid(`Member must have length less than or equal to ${MAX_TRANSACTION_ITEMS}`);
  const seen = new Set<string>();
  const reasons: Record<string, unknown>[] = [];
  const prepared: PreparedWrite[] = [];
  for (const item of items) {
    const { kind, request } = part(item);
    const table = tableOf(request.TableName);
    const identity = `${table.settings.name} ${JSON.stringify(table.keyOf(request.Item ?? request.Key))}`;
    if (seen.has(identity)) throw invalid('Transaction request cannot include multiple operations on one item');
    seen.add(identity);
    try {
      prepared.push(prepare(table, kind, request));
      reasons.push({ Code: 'None' });
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'ConditionalCheckFailedException') throw error;
      reasons.push({ Code: 'ConditionalCheckFailed', Message: error.message, ...error.members });
    }
  }
  if (reasons.some(({ Code }) => Code !== 'None')) {
    const codes = reasons.map(({ Code }) => Code).join(', ');
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
    throw new AwsError('TransactionCanceledException', message, 400, { CancellationReasons: reasons });
  }
  for (const { apply } of prepared) apply();
}

export function part(item: Input): { kind: WriteKind; request: Input } {
  for (const kind of ['Put', 'Update', 'Delete', 'ConditionCheck'] as const)
    if (item[kind] !== undefined) return { kind, request: item[kind] };
  throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
}
