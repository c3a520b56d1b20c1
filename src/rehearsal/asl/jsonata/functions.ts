import { createHash } from 'node:crypto';
import type { Expression, Focus } from 'jsonata';
import { Random } from '../../kernel/random.ts';

/** The world that an evaluation may look at. Bound at each evaluation, so that executions never share one. */
export type World = { now(): number; random(): number; uuid(): string };

/** The name under which an evaluation finds its world; no expression can write it. */
export const WORLD = 'asl:world';

type Implementation = (this: Focus, ...args: never[]) => unknown;

/** jsonata's name for a built-in function's definition. */
type Definition = { implementation: (this: unknown, ...args: unknown[]) => unknown };

const worldOf = (focus: Focus): World => focus.environment.lookup(WORLD);
const builtIn = (focus: Focus, name: string): Definition => focus.environment.lookup(`asl:${name}`);

/** An error as jsonata throws its own. */
const problem = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * Step Functions' own functions, and those of JSONata that would read the machine's clock or chance.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
const FUNCTIONS: Record<string, { signature: string; implementation: Implementation }> = {
  partition: {
    signature: '<an:a>',
    implementation(array: unknown[] | undefined, size: number) {
      if (array === undefined) return undefined;
      if (!Number.isInteger(size) || size < 1)
        throw problem('D3141', '$partition needs a positive integer as its size');
      const chunks: unknown[][] = [];
      for (let start = 0; start < array.length; start += size) chunks.push(array.slice(start, start + size));
      return chunks;
    },
  },
  range: {
    signature: '<nnn:a>',
    implementation(first: number, last: number, step: number) {
      if (step === 0) throw problem('D3141', '$range needs a step other than zero');
      // A sequence: one value stands for itself, and none for nothing, as seen in Step Functions.
      const values = sequence();
      const count = Math.floor((last - first) / step);
      for (let index = 0; index <= count; index++) values.push(first + index * step);
      return values;
    },
  },
  hash: {
    signature: '<ss:s>',
    implementation(content: string | undefined, algorithm: string) {
      if (content === undefined) return undefined;
      const name = HASHES.get(algorithm);
      if (name === undefined)
        throw problem('D3141', `$hash knows ${[...HASHES.keys()].join(', ')}, and not '${algorithm}'`);
      return createHash(name).update(content).digest('hex');
    },
  },
  random: {
    signature: '<n?:n>',
    implementation(seed: number | undefined) {
      return seed === undefined ? worldOf(this).random() : new Random(`${seed}`).next();
    },
  },
  uuid: {
    signature: '<:s>',
    implementation() {
      return worldOf(this).uuid();
    },
  },
  parse: {
    signature: '<s:x>',
    implementation(text: string | undefined) {
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text);
      } catch {
        throw problem('D3141', `$parse: the string is not JSON: ${text.slice(0, 100)}`);
      }
    },
  },
  now: {
    signature: '<s?s?:s>',
    implementation(picture: string | undefined, timezone: string | undefined) {
      return builtIn(this, 'fromMillis').implementation.call(this, worldOf(this).now(), picture, timezone);
    },
  },
  millis: {
    signature: '<:n>',
    implementation() {
      return worldOf(this).now();
    },
  },
  toMillis: {
    signature: '<s-s?:n>',
    implementation(timestamp: string, picture: string | undefined) {
      // What a picture leaves open is taken from `environment.timestamp`, the machine's clock.
      const environment = { timestamp: new Date(worldOf(this).now()) };
      return builtIn(this, 'toMillis').implementation.call({ ...this, environment }, timestamp, picture);
    },
  },
  shuffle: {
    signature: '<a:a>',
    implementation(array: unknown[] | undefined) {
      if (array === undefined || array.length <= 1) return array;
      const { random } = worldOf(this);
      const shuffled: unknown[] = [];
      array.forEach((item, index) => {
        const at = Math.floor(random() * (index + 1));
        if (at !== index) shuffled[index] = shuffled[at];
        shuffled[at] = item;
      });
      return shuffled;
    },
  },
};

const HASHES = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** An array that jsonata unwraps when it holds one value. */
const sequence = (): unknown[] => Object.assign([], { sequence: true });

/** Gives an expression these functions; `$eval` is not there in Step Functions. */
export function registerFunctions(expression: Expression, names: ReadonlySet<string>): void {
  for (const [name, { signature, implementation }] of Object.entries(FUNCTIONS))
    if (names.has(name)) expression.registerFunction(name, implementation as (this: Focus) => unknown, signature);
  if (names.has('eval')) expression.assign('eval', undefined);
}

/** Names that mean a function where no variable has them. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(FUNCTIONS),
  ...`abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl
  decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger
  formatNumber fromMillis join keys length lookup lowercase map match max merge min not number pad parseInteger power
  reduce replace reverse round sift single sort split spread sqrt string substring substringAfter substringBefore sum
  trim type uppercase zip`.split(/\s+/),
]);
