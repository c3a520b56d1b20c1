import type { Assembly, Open } from '../../src/rehearsal/assembly/assembly.ts';
import { resourcesOf } from './scene.ts';

export const MUTATION_KINDS = [
  'IAM statement removed',
  "statement of a resource's policy removed",
  'environment variable renamed',
  'detail-type changed',
] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

/** One thing that somebody may get wrong. `apply` changes a copy of the assembly that it was made from. */
export type Mutation = {
  kind: MutationKind;
  /** What is wrong, for people. */
  what: string;
  apply: (assembly: Assembly) => void;
};

/** Every single mutation of an assembly, in the order of its stacks. */
export function mutationsOf(assembly: Assembly): Mutation[] {
  return [
    ...removedStatements(assembly),
    ...removedResourceStatements(assembly),
    ...renamedVariables(assembly),
    ...changedDetailTypes(assembly),
  ];
}

function removedStatements(assembly: Assembly): Mutation[] {
  return resourcesOf(assembly, 'AWS::IAM::Role').flatMap(({ stack, id, resource }) => {
    const policies: Open[] = resource.Properties?.Policies ?? [];
    return policies.flatMap((policy, at) =>
      policy.PolicyDocument.Statement.map((statement: Open, index: number) => ({
        kind: 'IAM statement removed' as const,
        what: `${resource.Properties?.RoleName ?? id}: ${wordsOf(statement)}`,
        apply: (copy: Assembly) => propertiesOf(copy, stack, id).Policies[at].PolicyDocument.Statement.splice(index, 1),
      })),
    );
  });
}

/** A key's policy is left alone: without its only statement there is no key. */
const RESOURCE_POLICIES = [
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Events::EventBusPolicy',
  'AWS::Lambda::Permission',
];

/** What is denied to everybody would be missed by nobody who keeps to the rules: only what is allowed counts. */
function removedResourceStatements(assembly: Assembly): Mutation[] {
  return RESOURCE_POLICIES.flatMap((type) => resourcesOf(assembly, type)).flatMap(({ stack, id, resource }) => {
    const kind = "statement of a resource's policy removed" as const;
    const statements: Open[] | undefined = resource.Properties?.PolicyDocument?.Statement;
    if (statements === undefined) {
      const apply = (copy: Assembly) => delete templateOf(copy, stack).Resources[id];
      return [{ kind, what: `${stack}/${id}`, apply }];
    }
    return statements.flatMap((statement, index) =>
      statement.Effect !== 'Allow'
        ? []
        : [
            {
              kind,
              what: `${stack}/${id}: ${wordsOf(statement)}`,
              apply: (copy: Assembly) => propertiesOf(copy, stack, id).PolicyDocument.Statement.splice(index, 1),
            },
          ],
    );
  });
}

function renamedVariables(assembly: Assembly): Mutation[] {
  return resourcesOf(assembly, 'AWS::Lambda::Function').flatMap(({ stack, id, resource }) =>
    Object.keys(resource.Properties?.Environment?.Variables ?? {}).map((name) => ({
      kind: 'environment variable renamed' as const,
      what: `${resource.Properties?.FunctionName ?? id}: ${name}`,
      apply: (copy: Assembly) => {
        const variables = propertiesOf(copy, stack, id).Environment.Variables;
        variables[`${name}_RENAMED`] = variables[name];
        delete variables[name];
      },
    })),
  );
}

function changedDetailTypes(assembly: Assembly): Mutation[] {
  return resourcesOf(assembly, 'AWS::Events::Rule')
    .filter(({ resource }) => resource.Properties?.EventPattern?.['detail-type'] !== undefined)
    .map(({ stack, id, resource }) => ({
      kind: 'detail-type changed' as const,
      what: `${resource.Properties?.Name ?? id}: ${resource.Properties?.EventPattern['detail-type']}`,
      apply: (copy: Assembly) => {
        propertiesOf(copy, stack, id).EventPattern['detail-type'] = ['Something Else'];
      },
    }));
}

const wordsOf = (statement: Open): string => `${statement.Effect} ${[statement.Action].flat().join(', ')}`;

function templateOf(assembly: Assembly, stack: string): Assembly['stacks'][number]['template'] {
  const found = assembly.stacks.find(({ name }) => name === stack);
  if (found === undefined) throw new Error(`no stack ${stack}`);
  return found.template;
}

function propertiesOf(assembly: Assembly, stack: string, id: string): Record<string, Open> {
  const properties = templateOf(assembly, stack).Resources[id]?.Properties;
  if (properties === undefined) throw new Error(`no properties of ${stack}/${id}`);
  return properties;
}
