import { describe, expect, it } from '@jest/globals';
import type { Assembly, Open, TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';
import { loadAssembly } from '../../../src/rehearsal/assembly/load.ts';
import { CoreTwin } from '../cloud/core-twin.ts';

type Made = { stack: string; logicalId: string; properties: Open };

/** A world of two resource types that remember what they were made of. */
function load(resources: Record<string, TemplateResource>, more: Record<string, Open> = {}): Record<string, Open> {
  const twin = new CoreTwin();
  const made: Made[] = remembering(twin);
  loadAssembly(
    { stacks: [{ name: 's', region: 'eu-west-1', template: { Resources: resources, ...more } }], layers: {} },
    twin.world,
  );
  return Object.fromEntries(made.map(({ logicalId, properties }) => [logicalId, properties]));
}

function remembering(twin: CoreTwin): Made[] {
  const made: Made[] = [];
  twin.world.register({
    id: 'test',
    operations: {},
    resources: {
      'Test::Thing': (properties, { stack, logicalId }) => {
        made.push({ stack, logicalId, properties });
        return { ref: `ref-${logicalId}`, attributes: { Arn: `arn:${logicalId}`, 'Endpoint.Address': 'address' } };
      },
    },
  });
  return made;
}

const thing = (Properties: Record<string, Open> = {}, more: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'Test::Thing',
  Properties,
  ...more,
});
const resolved = (value: Open, more: Record<string, Open> = {}): Open =>
  load({ A: thing({ value }), B: thing() }, more).A.value;

describe('loading an assembly', () => {
  it.each<[string, Open, Open]>([
    ['Ref of a resource', { Ref: 'B' }, 'ref-B'],
    ['Ref of the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['Ref of the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of the suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref of the stack', { Ref: 'AWS::StackName' }, 's'],
    ['Fn::GetAtt of an attribute', { 'Fn::GetAtt': ['B', 'Arn'] }, 'arn:B'],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'B.Arn' }, 'arn:B'],
    ['Fn::GetAtt of a nested attribute', { 'Fn::GetAtt': ['B', 'Endpoint.Address'] }, 'address'],
    [
      'Fn::Sub of a text',
      { 'Fn::Sub': `\${B}/\${B.Arn}/\${AWS::Region}/\${!Literal}` },
      `ref-B/arn:B/eu-west-1/\${Literal}`,
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': [`\${x}-\${AWS::Region}`, { x: { Ref: 'B' } }] }, 'ref-B-eu-west-1'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-ref-B'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['B', 'Arn'] }] }] }, 'B'],
    ['Fn::Base64', { 'Fn::Base64': 'a' }, 'YQ=='],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 2, '8'] }, ['10.0.0.0/24', '10.0.1.0/24']],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'x'] }, 7],
    ['Fn::If of a condition that holds', { 'Fn::If': ['Here', 'yes', 'no'] }, 'yes'],
    ['Fn::If of one that does not', { 'Fn::If': ['Elsewhere', 'yes', 'no'] }, 'no'],
    ['a parameter by its default', { Ref: 'P' }, 'given'],
    ['AWS::NoValue in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    ['AWS::NoValue in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
  ])('resolves %s', (_, value, expected) => {
    const Conditions = {
      Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      Elsewhere: { 'Fn::Not': [{ 'Fn::And': [{ Condition: 'Here' }, { 'Fn::Or': [{ Condition: 'Here' }] }] }] },
    };
    const more = {
      Conditions,
      Mappings: { M: { 'eu-west-1': { x: 7 } } },
      Parameters: {
        P: { Type: 'String', Default: 'given' },
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk' },
      },
    };
    expect(resolved(value, more)).toEqual(expected);
  });

  it('makes first what others refer to or depend on', () => {
    const made = load({ A: thing({ b: { Ref: 'B' } }), B: thing({}, { DependsOn: ['C'] }), C: thing() });
    expect(Object.keys(made)).toEqual(['C', 'B', 'A']);
  });

  it('leaves out what its condition excludes', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(Object.keys(load({ A: thing({}, { Condition: 'Never' }), B: thing() }, { Conditions }))).toEqual(['B']);
  });

  it('leaves the assembly as it was, so that it can be loaded again', () => {
    const assembly: Assembly = {
      stacks: [
        { name: 's', region: 'eu-west-1', template: { Resources: { A: thing({ list: [{ Ref: 'B' }] }), B: thing() } } },
      ],
      layers: {},
    };
    const before = structuredClone(assembly);
    for (let i = 0; i < 2; i++) {
      const twin = new CoreTwin();
      const made = remembering(twin);
      loadAssembly(assembly, twin.world);
      made[1]?.properties.list.push('mine');
    }
    expect(assembly).toEqual(before);
  });

  it.each<[string, Record<string, TemplateResource>, RegExp]>([
    [
      'a reference to nothing',
      { A: thing({ deep: [{ b: { Ref: 'Nobody' } }] }) },
      /cannot deploy s\/A: .*Nobody.*A\.deep\[0\]\.b/,
    ],
    ['an attribute of nothing', { A: thing({ b: { 'Fn::GetAtt': ['Nobody', 'Arn'] } }) }, /s\/A: .*Nobody/],
    [
      'an attribute that is not simulated',
      { A: thing({ b: { 'Fn::GetAtt': ['B', 'Colour'] } }), B: thing() },
      /Colour of Test::Thing \(s\/B\) is not simulated/,
    ],
    [
      'an intrinsic that is not simulated',
      { A: thing({ b: { 'Fn::ImportValue': 'x' } }) },
      /Fn::ImportValue \(s, .*A\.b\) is not simulated/,
    ],
    [
      'a type that is not simulated',
      { Widget: { Type: 'AWS::New::Widget' } },
      /AWS::New::Widget \(s\/Widget\) is not simulated/,
    ],
    ['a circle', { A: thing({ b: { Ref: 'B' } }), B: thing({ a: { Ref: 'A' } }) }, /A → B → A/],
  ])('names stack, resource and place of %s', (_, resources, message) => {
    expect(() => load(resources)).toThrow(message);
  });

  it('passes over what changes nothing', () => {
    expect(load({ Meta: { Type: 'AWS::CDK::Metadata' }, Board: { Type: 'AWS::CloudWatch::Dashboard' } })).toEqual({});
  });
});
