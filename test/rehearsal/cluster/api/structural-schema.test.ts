import { describe, expect, it } from '@jest/globals';
import { bySchema, schemaProblems } from '../../../../src/rehearsal/cluster/api/structural-schema.ts';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';

const object = (spec: KubeObject): KubeObject => ({ apiVersion: 'a/v1', kind: 'A', metadata: { name: 'a' }, spec });
const schema = (spec: KubeObject): KubeObject => ({ type: 'object', properties: { spec } });
const of = (properties: KubeObject, more: KubeObject = {}): KubeObject =>
  schema({ type: 'object', properties, ...more });
const stored = (known: KubeObject, spec: KubeObject): KubeObject => bySchema(known, object(spec)).spec;
const problems = (known: KubeObject, spec: KubeObject): string[] =>
  [...schemaProblems(known, object(spec))].map(([field, message]) => `${field}: ${message}`);

describe('what is stored of a custom resource', () => {
  it('is what its schema knows, besides what every object has', () => {
    const known = of({ size: { type: 'integer' } });
    expect(bySchema(known, { ...object({ size: 1, other: 2 }), extra: 3 })).toEqual(object({ size: 1 }));
  });

  it('is everything where unknown fields are kept, but what is known there is looked into', () => {
    const inner = { type: 'object', properties: { a: { type: 'string' } } };
    const known = of({ inner }, { 'x-kubernetes-preserve-unknown-fields': true });
    expect(stored(known, { any: { thing: 1 }, inner: { a: 'x', b: 'y' } })).toEqual({
      any: { thing: 1 },
      inner: { a: 'x' },
    });
  });

  it('has defaults, in lists and maps too, and in place of a null', () => {
    const part = { type: 'object', properties: { colour: { type: 'string', default: 'red' } } };
    const known = of({
      parts: { type: 'array', items: part },
      named: { type: 'object', additionalProperties: part },
      colour: { type: 'string', default: 'blue' },
    });
    expect(stored(known, { parts: [{}], named: { one: {} }, colour: null })).toEqual({
      parts: [{ colour: 'red' }],
      named: { one: { colour: 'red' } },
      colour: 'blue',
    });
  });

  it('has an embedded object whole', () => {
    const template = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: { type: 'object' } },
    };
    const given = { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, other: 1 } };
    expect(stored(of({ template }), given).template).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
    });
  });
});

describe('what a schema forbids', () => {
  it.each<[string, KubeObject, KubeObject, string]>([
    [
      'another type',
      { a: { type: 'integer' } },
      { a: 'x' },
      'spec.a: Invalid value: "string": spec.a in body must be of type integer: "string"',
    ],
    [
      'a null',
      { a: { type: 'integer' } },
      { a: null },
      'spec.a: Invalid value: "null": spec.a in body must be of type integer: "null"',
    ],
    [
      'a word that is not listed',
      { a: { type: 'string', enum: ['x', 'y'] } },
      { a: 'z' },
      'spec.a: Unsupported value: "z": supported values: "x", "y"',
    ],
    [
      'too large a number',
      { a: { type: 'number', maximum: 2 } },
      { a: 3 },
      'spec.a: Invalid value: 3: spec.a in body should be less than or equal to 2',
    ],
    [
      'too long a list',
      { a: { type: 'array', maxItems: 1 } },
      { a: [1, 2] },
      'spec.a: Too many: 2: must have at most 1 items',
    ],
    [
      'too long a text',
      { a: { type: 'string', maxLength: 1 } },
      { a: 'xy' },
      'spec.a: Too long: may not be more than 1 bytes',
    ],
    [
      'a text of another pattern',
      { a: { type: 'string', pattern: '^x' } },
      { a: 'y' },
      'spec.a: Invalid value: "y": spec.a in body should match \'^x\'',
    ],
    [
      'it in a list',
      { a: { type: 'array', items: { type: 'string' } } },
      { a: ['x', 1] },
      'spec.a[1]: Invalid value: "number": spec.a[1] in body must be of type string: "number"',
    ],
  ])('is %s', (_, properties, spec, told) => {
    expect(problems(of(properties), spec)).toEqual([told]);
  });

  it('is what lacks a member that is required', () => {
    expect(problems(of({ a: { type: 'string' } }, { required: ['a'] }), {})).toEqual(['spec.a: Required value']);
  });

  it('is neither a null that may be, nor a number or text where both may be', () => {
    const known = of({ a: { type: 'string', nullable: true }, b: { 'x-kubernetes-int-or-string': true } });
    expect(problems(known, { a: null, b: 80 })).toEqual([]);
    expect(problems(known, { a: 'x', b: '50%' })).toEqual([]);
  });

  it('is no text whose pattern only Go can read', () => {
    expect(problems(of({ a: { type: 'string', pattern: '(?i)^x$' } }), { a: 'Y' })).toEqual([]);
    expect(problems(of({ a: { type: 'string', pattern: '^[[:alpha:]]+$' } }), { a: 'Y' })).toEqual([]);
  });
});
