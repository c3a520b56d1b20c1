import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Open, Template } from './assembly.ts';
import { subnets } from './cidr.ts';

/** What the intrinsic functions of one stack can ask of their surroundings. */
export type Surroundings = {
  account: string;
  region: string;
  stack: string;
  template: Template;
  /** What Ref answers for a resource; undefined when there is none of that name. */
  ref(logicalId: string): string | undefined;
  /** Throws when there is no such attribute. */
  attribute(logicalId: string, name: string): string;
};

type Resolve = (value: Open, path: string) => Open;
type Intrinsic = (argument: Open, resolve: Resolve, at: Surroundings, path: string) => Open;

/** Resolves every intrinsic in a value; the answer shares nothing with the template. AWS::NoValue drops what holds it. */
export function resolveIn(at: Surroundings): Resolve {
  const resolve: Resolve = (value, path) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value))
      return value.map((item, index) => resolve(item, `${path}[${index}]`)).filter((item) => item !== undefined);
    const keys = Object.keys(value);
    const [only = ''] = keys;
    if (keys.length === 1 && (only === 'Ref' || only.startsWith('Fn::'))) {
      const intrinsic = INTRINSICS[only];
      if (intrinsic === undefined) throw new NotSimulated(`${only} (${at.stack}, ${path})`);
      return placed(() => intrinsic(value[only], resolve, at, path), path);
    }
    const resolved: Record<string, Open> = {};
    for (const key of keys) {
      const item = resolve(value[key], `${path}.${key}`);
      if (item !== undefined) resolved[key] = item;
    }
    return resolved;
  };
  return resolve;
}

/** An error says where in the resource it arose, unless it arose in another resource. */
function placed(work: () => Open, path: string): Open {
  try {
    return work();
  } catch (error) {
    const told =
      !(error instanceof Error) || error instanceof NotSimulated || /^cannot deploy | \(at .*\)$/.test(error.message);
    throw told ? error : new Error(`${error.message} (at ${path})`, { cause: error });
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (name, _, at, path) => reference(name, at, path),
  'Fn::GetAtt': (argument, resolve, at, path) => {
    const [id, ...names] = typeof argument === 'string' ? argument.split('.') : resolve(argument, path);
    return at.attribute(id, names.join('.'));
  },
  'Fn::Sub': (argument, resolve, at, path) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const values = resolve(variables, path);
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_: string, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (values[name] !== undefined) return values[name];
      const [id = '', ...attribute] = name.trim().split('.');
      return attribute.length > 0 ? at.attribute(id, attribute.join('.')) : reference(name.trim(), at, path);
    });
  },
  'Fn::Join': ([separator, parts], resolve, _, path) => resolve(parts, path).join(separator),
  'Fn::Select': ([index, list], resolve, _, path) => {
    const items = resolve(list, path);
    const item = items[Number(resolve(index, path))];
    if (item === undefined) throw new Error(`Fn::Select finds no element ${index} among ${items.length}`);
    return item;
  },
  'Fn::Split': ([separator, text], resolve, _, path) => String(resolve(text, path)).split(separator),
  'Fn::If': ([condition, yes, no], resolve, at, path) => resolve(conditionHolds(condition, at) ? yes : no, path),
  'Fn::FindInMap': ([map, first, second], resolve, at, path) => {
    const value = at.template.Mappings?.[resolve(map, path)]?.[resolve(first, path)]?.[resolve(second, path)];
    if (value === undefined)
      throw new Error(
        `Fn::FindInMap finds nothing at ${[map, first, second].map((key) => JSON.stringify(resolve(key, path)))}`,
      );
    return value;
  },
  'Fn::Base64': (text, resolve, _, path) => Buffer.from(resolve(text, path)).toString('base64'),
  // Three zones, as in every region with Auto Mode; an empty argument means the stack's own region.
  'Fn::GetAZs': (region, resolve, at, path) =>
    ['a', 'b', 'c'].map((zone) => `${resolve(region, path) || at.region}${zone}`),
  'Fn::Cidr': ([block, count, bits], resolve, _, path) =>
    subnets(resolve(block, path), Number(resolve(count, path)), Number(resolve(bits, path))),
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
function reference(name: string, at: Surroundings, path: string): Open {
  switch (name) {
    case 'AWS::AccountId':
      return at.account;
    case 'AWS::Region':
      return at.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return at.stack;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${at.region}:${at.account}:stack/${at.stack}/twin`;
    case 'AWS::NoValue':
      return undefined;
    default:
      return parameter(name, at, path) ?? resource(name, at);
  }
}

function parameter(name: string, at: Surroundings, path: string): Open {
  const declared = at.template.Parameters?.[name];
  if (declared === undefined) return undefined;
  if (declared.Type.startsWith('AWS::SSM::'))
    throw new NotSimulated(`parameter ${name} of type ${declared.Type} (${at.stack}, ${path})`);
  if (declared.Default === undefined) throw new Error(`parameter ${name} has no default`);
  return declared.Type === 'CommaDelimitedList' ? String(declared.Default).split(',') : declared.Default;
}

function resource(name: string, at: Surroundings): string {
  const ref = at.ref(name);
  if (ref === undefined) throw new Error(`Ref finds no resource and no parameter named ${name}`);
  return ref;
}

/** Whether one of the template's Conditions holds. */
export function conditionHolds(name: string, at: Surroundings): boolean {
  const condition = at.template.Conditions?.[name];
  if (condition === undefined) throw new Error(`there is no condition named ${name}`);
  return holds(condition, at, `Conditions.${name}`);
}

function holds(condition: Open, at: Surroundings, path: string): boolean {
  const [kind = '', argument] = Object.entries<Open>(condition)[0] ?? [];
  const all: Open[] = Array.isArray(argument) ? argument : [];
  switch (kind) {
    case 'Fn::Equals': {
      const [left, right] = all.map((item) => resolveIn(at)(item, path));
      return String(left) === String(right);
    }
    case 'Fn::And':
      return all.every((item) => holds(item, at, path));
    case 'Fn::Or':
      return all.some((item) => holds(item, at, path));
    case 'Fn::Not':
      return !holds(all[0], at, path);
    case 'Condition':
      return conditionHolds(argument, at);
    default:
      throw new NotSimulated(`${kind} in a condition (${at.stack}, ${path})`);
  }
}
