import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../infra/template.ts';
import { assemble, type Placed, resources, text } from './assembly.ts';

const assembly = assemble();
const functions = resources(assembly, 'AWS::Lambda::Function');
const folder = (resource: Resource): string => String(resource.Metadata?.['lifeboat:function']);
const alarms = resources(assembly, 'AWS::CloudWatch::Alarm');

/** Functions that a schedule, a rule or a bucket starts: nobody waits for their answer. */
const asynchronous = new Set(
  resources(assembly)
    .flatMap(({ Type, Properties, stack }) => {
      if (Type === 'AWS::Scheduler::Schedule') return [`${stack} ${text(Properties.Target.Arn)}`];
      if (Type === 'AWS::Events::Rule') return [`${stack} ${text(Properties.Targets[0].Arn)}`];
      if (Type === 'AWS::S3::Bucket')
        return (Properties.NotificationConfiguration?.LambdaConfigurations ?? []).map(
          ({ Function: target }: { Function: unknown }) => `${stack} ${text(target)}`,
        );
      return [];
    })
    .filter((target) => target.includes('Function')),
);
const isAsynchronous = ({ stack, id }: Placed) => asynchronous.has(`${stack} <${id}.Arn>`);

describe('functions', () => {
  it('are the folders of functions/, each once, and the prober twice', () => {
    const folders = readdirSync('functions', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(functions.map(folder).toSorted()).toEqual([...folders.map(({ name }) => name), 'probe-sites'].toSorted());
  });

  it.each(functions.map((each) => [folder(each), each] as const))(
    '%s has the environment that it asks for',
    async (name, each) => {
      const { env } = await import(`../../functions/${name}/env.ts`);
      const variables = Object.fromEntries(
        Object.entries(each.Properties.Environment.Variables).map(([key, value]) => [key, text(value)]),
      );
      expect(Object.keys(variables).toSorted()).toEqual(Object.keys(env.shape).toSorted());
      expect(env.safeParse(variables).error).toBeUndefined();
    },
  );

  it('have the plan in a layer, as it was written', () => {
    for (const { Properties } of functions) {
      expect(Properties.Layers).toHaveLength(1);
      expect(Properties.Environment.Variables.PLAN_FILE).toBe('/opt/plan.json');
    }
    expect(
      resources(assembly, 'AWS::Lambda::LayerVersion')
        .map(({ stack }) => stack)
        .toSorted(),
    ).toEqual(['control', 'primary', 'witness']);
  });

  it('run on arm64 and Node 24, each by a role of its own', () => {
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
    const roles = functions.map(({ stack, Properties }) => `${stack} ${text(Properties.Role)}`);
    expect(new Set(roles).size).toBe(functions.length);
  });

  it('are traced where they are a part of something larger, and may be only there', () => {
    const roles = new Map(
      resources(assembly, 'AWS::IAM::Role').map((role) => [`${role.stack} <${role.id}.Arn>`, role]),
    );
    for (const each of functions) {
      const traced = !isAsynchronous(each);
      const policies = JSON.stringify(roles.get(`${each.stack} ${text(each.Properties.Role)}`)?.Properties.Policies);
      expect([folder(each), each.Properties.TracingConfig?.Mode === 'Active']).toEqual([folder(each), traced]);
      expect([folder(each), policies.includes('xray:')]).toEqual([folder(each), traced]);
    }
  });

  it('keep what they could not do in a queue, where nobody waits for their answer', () => {
    const kept = functions.filter(({ Properties }) => Properties.DeadLetterConfig !== undefined);
    expect(kept.map(({ id }) => id)).toEqual(functions.filter(isAsynchronous).map(({ id }) => id));
    expect(kept.map(folder).toSorted()).toEqual([
      'capture-primary',
      'forward-replication-trouble',
      'measure-rpo',
      'probe-sites',
      'probe-sites',
      'publish-traffic',
      'record-signal',
      'seal-backup',
    ]);
  });

  it('tell people when they fail, where no state machine would: the fence goes on whatever fails', () => {
    const watched = alarms
      .filter(({ Properties }) => Properties.Namespace === 'AWS/Lambda' && Properties.MetricName === 'Errors')
      .map(({ stack, Properties }) => `${stack} ${Properties.Dimensions[0].Value}`);
    expect(watched.toSorted()).toEqual(
      functions
        .filter((each) => isAsynchronous(each) || each.Properties.FunctionName.endsWith('-fence-site'))
        .map(({ stack, Properties }) => `${stack} ${Properties.FunctionName}`)
        .toSorted(),
    );
  });

  it('write to log groups that were made with a retention', () => {
    const groups = resources(assembly, 'AWS::Logs::LogGroup');
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
    for (const { stack, Properties } of functions) {
      const group = groups.find((each) => each.stack === stack && each.id === Properties.LoggingConfig.LogGroup.Ref);
      expect(group?.Properties.LogGroupName).toBe(`/aws/lambda/${Properties.FunctionName}`);
    }
  });

  it('end before the state machine that calls them loses its patience', () => {
    const timeouts = new Map(functions.map((each) => [each.id, Number(each.Properties.Timeout)]));
    for (const { Properties } of resources(assembly, 'AWS::StepFunctions::StateMachine')) {
      const substitutions: Record<string, { 'Fn::GetAtt'?: [string] }> = Properties.DefinitionSubstitutions;
      const calls = Properties.DefinitionString.matchAll(
        /"FunctionName":"\$\{(\w+)\}".*?"TimeoutSeconds":(\d+|"[^"]*")/g,
      );
      for (const [, name, seconds] of calls) {
        const timeout = timeouts.get(substitutions[name]?.['Fn::GetAtt']?.[0] ?? '') ?? Number.NaN;
        if (!seconds.startsWith('"')) expect([name, timeout < Number(seconds)]).toEqual([name, true]);
      }
    }
  });
});

describe('queues of what could not be delivered', () => {
  const queues = resources(assembly, 'AWS::SQS::Queue');

  it('are encrypted, take messages over TLS alone, and are heard of', () => {
    const policies = resources(assembly, 'AWS::SQS::QueuePolicy').map(({ Properties }) => JSON.stringify(Properties));
    for (const { id, stack, Properties } of queues) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      expect(policies.some((policy) => policy.includes(id) && policy.includes('aws:SecureTransport'))).toBe(true);
      const heard = alarms.some(
        (alarm) => alarm.stack === stack && alarm.Properties.Dimensions?.[0].Value === Properties.QueueName,
      );
      expect([Properties.QueueName, heard]).toEqual([Properties.QueueName, true]);
    }
  });

  it('stand behind every rule and every schedule', () => {
    for (const { Properties } of resources(assembly, 'AWS::Events::Rule'))
      expect(Properties.Targets[0].DeadLetterConfig).toBeDefined();
    for (const { Properties } of resources(assembly, 'AWS::Scheduler::Schedule'))
      expect(Properties.Target.DeadLetterConfig).toBeDefined();
  });
});

describe('the definitions of state machines', () => {
  it('find every name that they use, and are given no other', () => {
    for (const { Properties } of resources(assembly, 'AWS::StepFunctions::StateMachine')) {
      const used = [...Properties.DefinitionString.matchAll(/\$\{([A-Z]\w*)\}/g)].map(([, name]) => name);
      expect(Object.keys(Properties.DefinitionSubstitutions).toSorted()).toEqual([...new Set(used)].toSorted());
    }
  });

  it('are those in statemachines/', () => {
    const machines = resources(assembly, 'AWS::StepFunctions::StateMachine');
    for (const { Properties } of machines) {
      const name = Properties.StateMachineName.replace('lifeboat-knative-lambda-', '');
      const file = JSON.parse(readFileSync(`statemachines/${name}.asl.json`, 'utf8'));
      expect(JSON.parse(Properties.DefinitionString)).toEqual(file);
    }
    expect(machines.map(({ Properties }) => Properties.StateMachineName)).toHaveLength(
      readdirSync('statemachines').length,
    );
  });

  it('are logged whole and traced', () => {
    for (const { Properties } of resources(assembly, 'AWS::StepFunctions::StateMachine')) {
      expect(Properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
      expect(Properties.TracingConfiguration).toEqual({ Enabled: true });
    }
  });
});
