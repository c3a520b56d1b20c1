import type { CreateHandler as CreateProductHandler, Given, LambdaHandler } from '../../../functions/given.ts';
import type { FunctionSpec } from '../cloud/lambda-function.ts';
import type { CreateHandler, Sandbox } from '../cloud/lambda-sandbox.ts';
import { uuidFrom } from '../cloud/physical-name.ts';
import type { World } from '../cloud/world.ts';
import { NotSimulated } from '../kernel/not-simulated.ts';
import { twinWires } from '../wires.ts';
import type { Assembly } from './assembly.ts';

/** Names, in a template's function, the folder in `functions/` that its handler comes from. */
export const FUNCTION_FOLDER = 'lifeboat:function';

/** `create` of each folder's handler.ts. */
export type Handlers = ReadonlyMap<string, CreateProductHandler>;

const imported = new Map<string, Promise<CreateProductHandler>>();

/** The handlers of every function in the assembly, from their sources. Once per process: importing is real and slow. */
export async function importHandlers(assembly: Assembly): Promise<Handlers> {
  const handlers = new Map<string, CreateProductHandler>();
  for (const stack of assembly.stacks)
    for (const [logicalId, { Type, Metadata }] of Object.entries(stack.template.Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const folder = Metadata?.[FUNCTION_FOLDER];
      if (typeof folder !== 'string')
        throw new NotSimulated(`function ${stack.name}/${logicalId}, whose Metadata names no "${FUNCTION_FOLDER}",`);
      handlers.set(folder, await importHandler(folder, `${stack.name}/${logicalId}`));
    }
  return handlers;
}

async function importHandler(folder: string, where: string): Promise<CreateProductHandler> {
  if (!/^[a-z][a-z0-9-]*$/.test(folder))
    throw new Error(`function ${where} names ${folder}, which is no folder in functions/`);
  let handler = imported.get(folder);
  if (handler === undefined) {
    handler = import(`../../../functions/${folder}/handler.ts`).then((module) => {
      if (typeof module.create !== 'function') throw new Error(`functions/${folder}/handler.ts exports no create`);
      return module.create;
    });
    imported.set(folder, handler);
  }
  try {
    return await handler;
  } catch (error) {
    throw new Error(
      `function ${where} comes from functions/${folder}/handler.ts, which cannot be loaded: ${textOf(error)}`,
      { cause: error },
    );
  }
}

/** How Lambda makes a handler in one world: the product's own `create`, given all that it is ever given. */
export function createHandlersIn(world: World, assembly: Assembly, handlers: Handlers): CreateHandler {
  return (spec, sandbox) => {
    const folder = String(spec.metadata[FUNCTION_FOLDER]);
    const create = handlers.get(folder);
    if (create === undefined)
      throw new Error(`function ${spec.name} comes from functions/${folder}, which was not imported`);
    let handler: LambdaHandler;
    try {
      handler = create(givenTo(spec, sandbox, world, assembly));
    } catch (error) {
      const where = `${spec.stack}/${spec.logicalId}, functions/${folder}`;
      throw new Error(`function ${spec.name} (${where}) does not start: ${textOf(error)}`, { cause: error });
    }
    return (event, context) => handler(event, context);
  };
}

function givenTo(spec: FunctionSpec, sandbox: Sandbox, world: World, assembly: Assembly): Given {
  const { kernel } = world;
  const random = kernel.random.fork(`function/${spec.region}/${spec.name}/${sandbox.ordinal}`);
  const ids = random.fork('ids');
  const during = <T>(work: () => Promise<T>): Promise<T> => sandbox.during(work);
  return {
    environment: sandbox.environment,
    clock: {
      now: () => new Date(kernel.now + world.faults.clockSkew(spec.region)),
      sleep: (milliseconds) => during(() => kernel.sleep(milliseconds)),
    },
    ids: { next: () => uuidFrom(ids.hex(32)) },
    random: { next: () => random.next() },
    wires: twinWires(world, {
      caller: { kind: 'role', arn: spec.roleArn, session: spec.name },
      from: spec.region,
      during,
      crash: () => sandbox.onCrash(),
    }),
    readFile: (path) => readLayerFile(path, spec, assembly),
    log: (line) => world.record('log', { function: spec.name, line }),
  };
}

/** Layers lie over each other in /opt; the last one that has a file wins. https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
function readLayerFile(path: string, spec: FunctionSpec, assembly: Assembly): string {
  const name = path.replace(/^\/opt\//, '');
  for (const layer of spec.layers.toReversed()) {
    const text = assembly.layers[layer]?.[name];
    if (text !== undefined && name !== path) return text;
  }
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

/** A schema's complaints by variable, or the error's own words. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { issues } = error as { issues?: { path: PropertyKey[]; message: string }[] };
  if (!Array.isArray(issues)) return error.message;
  return issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');
}
