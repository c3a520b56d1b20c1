import { describe, expect, it } from '@jest/globals';
import type { Assembly } from '../../src/rehearsal/assembly/assembly.ts';
import { assemblyCopy, complaints, resourcesOf, runChanged } from './scene.ts';

/** A region loss with one thing wrong in the assembly: what the rehearsal says about it. */
async function saidOf(change: (assembly: Assembly) => void): Promise<string> {
  const assembly = assemblyCopy();
  change(assembly);
  return complaints(await runChanged(assembly));
}

const functionNamed = (assembly: Assembly, folder: string) => {
  const found = resourcesOf(assembly, 'AWS::Lambda::Function').find(
    ({ resource }) => resource.Metadata?.['lifeboat:function'] === folder,
  );
  if (found === undefined) throw new Error(`no function ${folder}`);
  return found.resource;
};

const roleNamed = (assembly: Assembly, name: string) => {
  const found = resourcesOf(assembly, 'AWS::IAM::Role').find(({ resource }) => resource.Properties?.RoleName === name);
  if (found?.resource.Properties === undefined) throw new Error(`no role ${name}`);
  return found.resource.Properties;
};

describe('a rehearsal of an assembly with one thing wrong', () => {
  it('holds when nothing is', async () => {
    expect(await saidOf(() => {})).toBe('');
  }, 60_000);

  it('names the function, the call and the permission that is missing', async () => {
    const said = await saidOf((assembly) => {
      const role = roleNamed(assembly, 'lifeboat-knative-lambda-choose-recovery-points');
      for (const { PolicyDocument } of role.Policies)
        PolicyDocument.Statement = PolicyDocument.Statement.filter(
          (statement: { Action: unknown }) => !JSON.stringify(statement.Action).includes('s3:ListBucketVersions'),
        );
    });
    expect(said).toContain('lifeboat-knative-lambda-choose-recovery-points');
    expect(said).toContain('not authorized to perform: s3:ListBucket on');
  }, 60_000);

  it('names the function and the environment variable that is misnamed', async () => {
    const said = await saidOf((assembly) => {
      const { Variables } = functionNamed(assembly, 'raise-epoch').Properties?.Environment ?? {};
      Variables.RUN_TABLE = Variables.RUNS_TABLE;
      delete Variables.RUNS_TABLE;
    });
    expect(said).toContain('raise-epoch');
    expect(said).toContain('RUNS_TABLE');
  }, 60_000);

  it('names the rule whose event pattern has a field that never matches', async () => {
    const said = await saidOf((assembly) => {
      for (const { resource } of resourcesOf(assembly, 'AWS::Events::Rule')) {
        const pattern = resource.Properties?.EventPattern;
        if (pattern?.source?.includes('aws.s3')) pattern['detail-type'] = ['Object Made'];
      }
    });
    expect(said).toContain('no recovery point');
    expect(said).toMatch(/no event matched the pattern of .*seal/);
  }, 60_000);

  it('names the state whose variable is misnamed', async () => {
    const said = await saidOf((assembly) => {
      for (const { resource } of resourcesOf(assembly, 'AWS::StepFunctions::StateMachine')) {
        const { Properties } = resource;
        if (Properties?.StateMachineName !== 'lifeboat-knative-lambda-failover') continue;
        const text = JSON.stringify(Properties.DefinitionString);
        Properties.DefinitionString = JSON.parse(text.replaceAll('$choice.kind', '$choise.kind'));
      }
    });
    expect(said).toContain('lifeboat-knative-lambda-failover, state MayProceed, reads $choise');
  }, 60_000);

  it("notices that Velero has no role in the standby's cluster", async () => {
    const said = await saidOf((assembly) => {
      const standby = assembly.stacks.find((stack) => stack.name.endsWith('-standby'));
      for (const [id, resource] of Object.entries(standby?.template.Resources ?? {}))
        if (resource.Type === 'AWS::EKS::PodIdentityAssociation') delete standby?.template.Resources[id];
    });
    expect(said).toContain('protect-cluster');
    expect(said).toContain('VeleroIdentityMissing');
  }, 60_000);
});
