import { describe, expect, it } from '@jest/globals';
import { type Assembly, assemble, resources, text } from './assembly.ts';

const example = assemble();
const mirrored = assemble('examples/mirrored.yaml');
const bare = assemble('lifeboat.yaml', {
  change: ({ witness, entryPoints, control, ...input }) => ({
    ...input,
    workloads: input.workloads.map((workload) => ({ ...workload, checks: [] })),
  }),
});
const apart = assemble('lifeboat.yaml', {
  change: (input) => ({ ...input, control: { region: 'eu-west-1' }, witness: { region: 'eu-central-1' } }),
});
const longest = assemble('lifeboat.yaml', {
  change: (input) => ({
    ...input,
    name: 'abcdefghijklmnopqrstuvwx',
    control: { region: 'ap-southeast-2' },
  }),
});

/** What AWS allows the names of these to have. */
const LONGEST_NAMES: Record<string, [property: string, length: number]> = {
  'AWS::IAM::Role': ['RoleName', 64],
  'AWS::Lambda::Function': ['FunctionName', 64],
  'AWS::Lambda::LayerVersion': ['LayerName', 64],
  'AWS::Events::Rule': ['Name', 64],
  'AWS::Scheduler::Schedule': ['Name', 64],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 80],
  'AWS::SQS::Queue': ['QueueName', 80],
  'AWS::SNS::Topic': ['TopicName', 256],
  'AWS::S3::Bucket': ['BucketName', 63],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 32],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 32],
};

const names = (assembly: Assembly) =>
  resources(assembly).flatMap(({ Type, Properties }) => {
    const [property, length] = LONGEST_NAMES[Type] ?? [];
    const name = property === undefined ? undefined : Properties[property];
    return name === undefined ? [] : [{ type: Type, name: text(name), length: length ?? 0 }];
  });

const snapshots = assemble('lifeboat.yaml', {
  change: (input) => ({
    ...input,
    stores: { ...input.stores, backups: { ...input.stores.backups, volumes: 'snapshots' } },
  }),
});

describe('stacks', () => {
  it('give the standby a snapshot controller where volumes go by snapshots, and only there', () => {
    const addOns = (assembly: Assembly) =>
      resources(assembly)
        .filter(({ Type }) => Type === 'AWS::EKS::Addon')
        .map(({ Properties }) => Properties.AddonName);
    expect(addOns(snapshots)).toEqual(['snapshot-controller']);
    expect(addOns(example)).toEqual([]);
  });

  it('pin their regions and leave the account open', () => {
    expect(example.environments).toEqual({
      control: 'aws://unknown-account/us-east-1',
      standby: 'aws://unknown-account/us-east-1',
      primary: 'aws://unknown-account/us-west-2',
      signals: 'aws://unknown-account/us-east-1',
      witness: `aws://unknown-account/${example.plan.witness?.region}`,
    });
  });

  it('are the mirror image of each other when the plan is', () => {
    expect(mirrored.environments).toMatchObject({
      primary: 'aws://unknown-account/us-east-1',
      standby: 'aws://unknown-account/us-west-2',
      control: 'aws://unknown-account/us-west-2',
      signals: 'aws://unknown-account/us-east-1',
    });
  });

  it('put the control plane where the plan wants it', () => {
    expect(apart.environments).toMatchObject({
      control: 'aws://unknown-account/eu-west-1',
      standby: 'aws://unknown-account/us-east-1',
      witness: 'aws://unknown-account/eu-central-1',
    });
    const buses = resources(apart, 'AWS::Events::Rule').filter(({ stack }) => stack === 'signals');
    expect(buses.map(({ Properties }) => text(Properties.Targets[0].Arn))).toEqual([
      'arn:aws:events:eu-west-1:111122223333:event-bus/lifeboat-knative-lambda',
    ]);
  });

  it.each([
    ['example', example],
    ['mirrored', mirrored],
    ['control region apart', apart],
  ])('of the %s plan never read each other', (_, { templates }) => {
    for (const template of Object.values(templates)) {
      expect(template).not.toHaveProperty('Outputs');
      expect(JSON.stringify(template)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|AWS::SSM::Parameter"/);
    }
  });

  it('hold no custom resource, and no function that is not ours', () => {
    for (const assembly of [example, mirrored, apart, bare]) {
      const types = resources(assembly).map(({ Type }) => Type);
      expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
      for (const { Metadata } of resources(assembly, 'AWS::Lambda::Function'))
        expect(Metadata).toHaveProperty('lifeboat:function');
    }
  });

  it('need no witness and no entry point', () => {
    expect(Object.keys(bare.templates).toSorted()).toEqual(['control', 'primary', 'standby']);
    expect(resources(bare, 'AWS::Events::Rule').map(({ Properties }) => Properties.Name)).toEqual([
      'lifeboat-knative-lambda-start-on-probe',
      'lifeboat-knative-lambda-judge-sealed',
      'lifeboat-knative-lambda-judge-troubled',
      'lifeboat-knative-lambda-seals-to-control',
      'lifeboat-knative-lambda-seal-backups',
    ]);
  });

  it('name things within what AWS allows, whatever the plan is called', () => {
    for (const { type, name, length } of names(longest))
      expect([type, name, name.length <= length]).toEqual([type, name, true]);
  });

  it('name no two roles alike', () => {
    for (const assembly of [example, mirrored, apart]) {
      const roles = resources(assembly, 'AWS::IAM::Role').map(({ Properties }) => Properties.RoleName);
      expect(new Set(roles).size).toBe(roles.length);
    }
  });

  it('name nothing alike that shares a region', () => {
    for (const assembly of [example, mirrored, apart]) {
      const placed = resources(assembly).flatMap(({ Type, Properties, stack }) => {
        const [property] = LONGEST_NAMES[Type] ?? [];
        const name = property === undefined ? undefined : Properties[property];
        return name === undefined ? [] : [`${assembly.environments[stack]} ${Type} ${text(name)}`];
      });
      expect(placed.filter((each, index) => placed.indexOf(each) !== index && !each.includes('LayerVersion'))).toEqual(
        [],
      );
    }
  });

  it('are the same each time they are made', () => {
    expect(assemble().templates).toEqual(example.templates);
  });
});
