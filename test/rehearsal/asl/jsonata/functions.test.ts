import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonataExpression } from '../../../../src/rehearsal/asl/jsonata/expression.ts';
import type { World } from '../../../../src/rehearsal/asl/jsonata/functions.ts';

const WORLD: World = { now: () => Date.parse('2026-03-01T04:30:00.123Z'), random: () => 0.25, uuid: () => 'an-id' };

const evaluate = (text: string, variables: Record<string, unknown> = {}, world = WORLD): Promise<unknown> =>
  JsonataExpression.compile(text).evaluate({
    world,
    states: { input: {} },
    has: (name) => name in variables,
    get: (name) => variables[name],
  });

describe("Step Functions' functions", () => {
  it.each([
    ['$partition([1, 2, 3, 4, 5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([0], 1)', [[0]]],
    ['$partition([0, 1], 5)', [[0, 1]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(5, 1, -2)', [5, 3, 1]],
    ['$range(1, 9, 9)', 1],
    ["$hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ["$hash('', 'MD5')", 'd41d8cd98f00b204e9800998ecf8427e'],
    ['$uuid()', 'an-id'],
    ['$random()', 0.25],
    ['$parse(\'{"a": [1, null]}\')', { a: [1, null] }],
    ["$parse('-0')", 0],
    ['$now()', '2026-03-01T04:30:00.123Z'],
    ["$now('[Y0001]-[M01]')", '2026-03'],
    ['$millis()', 1772339400123],
    ["$toMillis('2026-03-01T04:30:00.123Z')", 1772339400123],
    ["$fromMillis($toMillis('10:15', '[H01]:[m01]'))", '2026-03-01T10:15:00.000Z'],
    ['$map([1, 2], function($n) { $n & $uuid() })', ['1an-id', '2an-id']],
    ["$filter(['2026', '1999'], function($y) { $toMillis($y) < $millis() })", ['2026', '1999']],
  ])('%s is %j', async (text, expected) => {
    expect(await evaluate(text)).toEqual(expected);
  });

  it.each([
    ['$partition([1], 0)', /positive integer/],
    ['$range(1, 2, 0)', /a step other than zero/],
    ['$range(2, 1, 1)', /returned nothing \(undefined\)/],
    ["$hash('a', 'CRC')", /\$hash knows MD5, SHA-1, SHA-256, SHA-384, SHA-512, and not 'CRC'/],
    ["$parse('{')", /the string is not JSON/],
    ["$eval('1 + 1')", /T1006: Attempted to invoke a non-function/],
    ["$random('seed')", /T0410/],
    ['1 / 0', /unsupported result type/],
  ])('%s fails', async (text, message) => {
    await expect(evaluate(text)).rejects.toThrow(message);
  });

  it('$random with a seed is always the same, and lies in [0, 1)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true }), async (seed) => {
        const first = (await evaluate('$random($seed)', { seed })) as number;
        expect(await evaluate('$random($seed)', { seed }, { ...WORLD, random: () => 0.9 })).toBe(first);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThan(1);
      }),
    );
  });

  it('$partition loses nothing and keeps the order, in chunks of the size and a last one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (list, size) => {
        const chunks = (await evaluate('$partition($list, $size)', { list, size })) as number[][];
        expect(chunks.flat()).toEqual(list);
        expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
      }),
    );
  });

  it('$range goes from the first by the step, never past the last', async () => {
    const small = fc.integer({ min: -50, max: 50 });
    await fc.assert(
      fc.asyncProperty(small, small, fc.integer({ min: 1, max: 9 }), async (a, b, step) => {
        fc.pre(Math.abs(a - b) >= step);
        const sign = a < b ? 1 : -1;
        const values = (await evaluate('$range($a, $b, $s)', { a, b, s: sign * step })) as number[];
        expect(values[0]).toBe(a);
        expect(values.every((value, index) => value === a + index * sign * step)).toBe(true);
        expect(Math.abs(b - (values.at(-1) ?? Number.NaN))).toBeLessThan(step);
      }),
    );
  });

  it('$hash is the digest in hexadecimal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const expected = createHash('sha256').update(text).digest('hex');
        expect(await evaluate("$hash($text, 'SHA-256')", { text })).toBe(expected);
      }),
    );
  });

  it('$parse undoes $string', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        fc.pre(JSON.stringify(value) !== undefined);
        const text = JSON.stringify(value);
        expect(await evaluate('{"value": $parse($text)}', { text })).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it('$shuffle keeps what it shuffles, and draws from the given chance', async () => {
    const list = [1, 2, 3, 4, 5];
    expect(await evaluate('$shuffle($list)', { list })).not.toEqual(list);
    expect(((await evaluate('$shuffle($list)', { list })) as number[]).sort()).toEqual(list);
  });

  it('evaluations of one expression at the same time never see each other’s world', async () => {
    const worlds = Array.from({ length: 50 }, (_, index) => ({
      ...WORLD,
      now: () => index,
      uuid: () => `id-${index}`,
    }));
    const text = "{'id': $uuid(), 'at': $millis(), 'all': $map([1..3], function($n) { $millis() })}";
    const seen = await Promise.all(worlds.map((world) => evaluate(text, {}, world)));
    expect(seen).toEqual(worlds.map((_, index) => ({ id: `id-${index}`, at: index, all: [index, index, index] })));
  });
});
