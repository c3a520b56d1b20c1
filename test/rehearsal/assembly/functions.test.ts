import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Given, LambdaHandler } from '../../../functions/given.ts';
import type { Assembly } from '../../../src/rehearsal/assembly/assembly.ts';
import { createHandlersIn, importHandlers } from '../../../src/rehearsal/assembly/functions.ts';
import { loadAssembly } from '../../../src/rehearsal/assembly/load.ts';
import type { CreateHandler } from '../../../src/rehearsal/cloud/lambda-sandbox.ts';
import { CoreTwin, functionNamed, START } from '../cloud/core-twin.ts';

const LAYER = { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Bucket: 'assets', S3Key: 'plan.zip' } } };
const assemblyOf = (properties: Record<string, unknown> = {}, name = 'probe-sites'): Assembly => ({
  stacks: [
    {
      name: 'control',
      region: 'eu-west-1',
      template: { Resources: { Layer: LAYER, ...functionNamed(name, { Layers: [{ Ref: 'Layer' }], ...properties }) } },
    },
  ],
  layers: { 'plan.zip': { 'plan.json': '{"name":"p"}' } },
});

/** A twin that runs this handler for every function of the assembly. */
function deployed(create: (given: Given) => LambdaHandler, assembly = assemblyOf()): CoreTwin {
  let make: CreateHandler = () => async () => null;
  const twin = new CoreTwin((spec, sandbox) => make(spec, sandbox));
  make = createHandlersIn(twin.world, assembly, new Map([['probe-sites', create]]));
  loadAssembly(assembly, twin.world);
  return twin;
}
const invoke = async (twin: CoreTwin) =>
  JSON.parse((await twin.call('lambda', 'Invoke', { FunctionName: 'probe-sites' })).Payload.toString());

describe('a function of an assembly', () => {
  it('is given the environment, the layer’s files, virtual time, ids and chance, and a log', async () => {
    const twin = deployed(
      (given) => async () => {
        given.log({ hello: 1 });
        const before = given.clock.now().getTime();
        await given.clock.sleep(1000);
        const slept = given.clock.now().getTime() - before;
        return {
          table: given.environment.TABLE,
          plan: given.readFile('/opt/plan.json'),
          slept,
          id: given.ids.next(),
          chance: given.random.next(),
        };
      },
      assemblyOf({ Environment: { Variables: { TABLE: 't' } } }),
    );
    expect(await invoke(twin)).toEqual({
      table: 't',
      plan: '{"name":"p"}',
      slept: 1000,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      chance: expect.any(Number),
    });
    expect(twin.happened('log')).toEqual([
      { what: 'log', at: expect.any(Number), function: 'probe-sites', line: { hello: 1 } },
    ]);
    expect(twin.kernel.now).toBeGreaterThan(START);
  });

  it('is initialized when the assembly is loaded, so that a wrong environment shows: function, folder and variable', () => {
    const env = z.object({ SIGNALS_TABLE: z.string() });
    const create = (given: Given): LambdaHandler => {
      env.parse(given.environment);
      return async () => null;
    };
    expect(() => deployed(create)).toThrow(
      /function probe-sites \(control\/probe-sites, functions\/probe-sites\) does not start: SIGNALS_TABLE: /,
    );
  });

  it('dies where a fault kills it after a call’s effect, and hears no answer', async () => {
    let effects = 0;
    let wentOn = false;
    const twin = deployed(({ wires }) => {
      const client = new DynamoDBClient({ region: 'eu-west-1' });
      wires.attach(client);
      return async () => {
        await client.send(new PutItemCommand({ TableName: 'runs', Item: { id: { S: 'a' } } }));
        wentOn = true;
      };
    });
    const PutItem = { permissions: () => [], answer: () => ({ effects: ++effects }) };
    twin.world.register({ id: 'dynamodb', operations: { PutItem }, resources: {} });
    twin.world.faults.add({ kind: 'crash-after', service: 'dynamodb', operations: ['PutItem'], probability: 1 });
    expect(await invoke(twin)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect({ effects, wentOn }).toEqual({ effects: 1, wentOn: false });
  });

  it('finds no file that no layer holds', () => {
    const reading = (given: Given): LambdaHandler => {
      given.readFile('/opt/other.json');
      return async () => null;
    };
    expect(() => deployed(reading)).toThrow("ENOENT: no such file or directory, open '/opt/other.json'");
  });

  it('must name a folder that exists and exports create', async () => {
    await expect(importHandlers(assemblyOf({}, 'no-such-function'))).rejects.toThrow(
      /control\/no-such-function comes from functions\/no-such-function\/handler\.ts, which cannot be loaded/,
    );
    const unnamed = assemblyOf();
    const resource = unnamed.stacks[0]?.template.Resources['probe-sites'];
    if (resource !== undefined) resource.Metadata = {};
    await expect(importHandlers(unnamed)).rejects.toThrow('whose Metadata names no "lifeboat:function"');
  });
});
