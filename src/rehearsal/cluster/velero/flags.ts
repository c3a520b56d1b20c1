import { goDuration } from './go-duration.ts';

/** What a flag takes. `optional` flags take a value only after `=`, and are true when given alone. */
type FlagKind = 'string' | 'list' | 'map' | 'mappings' | 'duration' | 'int' | 'bool' | 'optional';

export type FlagSet = { flags: Record<string, FlagKind>; shorthands?: Record<string, string> };

export type Parsed = { values: Map<string, string>; positional: string[] };

/** A command line that Velero's CLI refuses: it prints this and exits with 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Every command has these. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/client/factory.go */
const GLOBAL: FlagSet = {
  flags: {
    namespace: 'string',
    kubeconfig: 'string',
    kubecontext: 'string',
    features: 'list',
    colorized: 'optional',
    v: 'int',
    'log-flush-frequency': 'duration',
  },
  shorthands: { n: 'namespace' },
};

/** Reads arguments as github.com/spf13/pflag does, for Velero's flags: nothing unknown passes. */
export function parseFlags(args: string[], own: FlagSet): Parsed {
  const flags = { ...GLOBAL.flags, ...own.flags };
  const shorthands = { ...GLOBAL.shorthands, ...own.shorthands };
  const parsed: Parsed = { values: new Map(), positional: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      parsed.positional.push(...rest);
      break;
    }
    if (!arg.startsWith('-') || arg === '-') parsed.positional.push(arg);
    else accept(arg, rest, flags, shorthands, parsed);
  }
  return parsed;
}

function accept(
  arg: string,
  rest: string[],
  flags: Record<string, FlagKind>,
  shorthands: Record<string, string>,
  parsed: Parsed,
): void {
  const equals = arg.indexOf('=');
  const head = equals < 0 ? arg : arg.slice(0, equals);
  const long = head.startsWith('--');
  const name = long ? head.slice(2) : (shorthands[head.slice(1, 2)] ?? '');
  const kind = flags[name];
  if (kind === undefined)
    throw new UsageError(long ? `unknown flag: ${head}` : `unknown shorthand flag: '${head.slice(1, 2)}' in ${arg}`);
  let value: string | undefined = equals < 0 ? undefined : arg.slice(equals + 1);
  if (!long && head.length > 2) value = head.slice(2);
  if (value === undefined) value = kind === 'bool' || kind === 'optional' ? 'true' : rest.shift();
  if (value === undefined) throw new UsageError(`flag needs an argument: ${head}`);
  check(head, kind, value);
  const before = parsed.values.get(name);
  const adds = before !== undefined && (kind === 'map' || kind === 'mappings');
  parsed.values.set(name, adds ? `${before},${value}` : value);
}

function check(head: string, kind: FlagKind, value: string): void {
  const refuse = (why: string) =>
    new UsageError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(head)} flag: ${why}`);
  if (kind === 'duration') {
    try {
      goDuration(value);
    } catch (error) {
      throw refuse((error as Error).message);
    }
  }
  if (kind === 'int' && !/^-?\d+$/.test(value))
    throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  if ((kind === 'bool' || kind === 'optional') && !/^(1|0|t|f|true|false)$/i.test(value))
    throw refuse(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (kind === 'map') parseMap(value);
  if (kind === 'mappings') parseMap(value, ':');
}

export const isTrue = (value: string | undefined): boolean => value !== undefined && /^(1|t|true)$/i.test(value);

/** An optional boolean: absent stays absent. */
export const maybe = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : isTrue(value);

export const list = (value: string | undefined): string[] =>
  value === undefined || value === '' ? [] : value.split(',');

/** key1=value1,key2=value2. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/util/flag/map.go */
export function parseMap(value: string, delimiter = '='): Record<string, string> {
  const map: Record<string, string> = {};
  if (value === '') return map;
  for (const entry of value.split(',')) {
    const at = entry.indexOf(delimiter);
    if (at < 0) throw new UsageError(`error parsing ${JSON.stringify(entry)}`);
    map[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return map;
}
