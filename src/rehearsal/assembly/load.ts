import type { World } from '../cloud/world.ts';
import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Assembly, AssemblyStack, TemplateResource } from './assembly.ts';
import { IGNORED_TYPES } from './ignored-types.ts';
import { conditionHolds, resolveIn, type Surroundings } from './intrinsics.ts';

type Made = { ref: string; attributes?: Record<string, string> };

/**
 * Deploys an assembly into a world: every resource of every stack, those that others refer to first; then every
 * service looks at the whole. Which stack comes first makes no difference, since stacks know each other only by names.
 */
export function loadAssembly(assembly: Assembly, world: World): void {
  for (const stack of assembly.stacks) new StackLoader(stack, world).load();
  for (const service of world.services.values()) service.deployed?.();
}

class StackLoader {
  readonly #stack: AssemblyStack;
  readonly #world: World;
  readonly #made = new Map<string, Made>();
  readonly #making: string[] = [];
  readonly #surroundings: Surroundings;

  constructor(stack: AssemblyStack, world: World) {
    this.#stack = stack;
    this.#world = world;
    this.#surroundings = {
      account: world.account,
      region: stack.region,
      stack: stack.name,
      template: stack.template,
      ref: (logicalId) => (stack.template.Resources[logicalId] === undefined ? undefined : this.#make(logicalId).ref),
      attribute: (logicalId, name) => this.#attribute(logicalId, name),
    };
  }

  load(): void {
    for (const [logicalId, { Condition }] of Object.entries(this.#stack.template.Resources))
      if (Condition === undefined || conditionHolds(Condition, this.#surroundings)) this.#make(logicalId);
  }

  #attribute(logicalId: string, name: string): string {
    const resource = this.#stack.template.Resources[logicalId];
    if (resource === undefined) throw new Error(`Fn::GetAtt finds no resource named ${logicalId}`);
    const value = this.#make(logicalId).attributes?.[name];
    if (value !== undefined) return value;
    throw new NotSimulated(`attribute ${name} of ${resource.Type} (${this.#stack.name}/${logicalId})`);
  }

  #make(logicalId: string): Made {
    const before = this.#made.get(logicalId);
    if (before !== undefined) return before;
    const resource = this.#stack.template.Resources[logicalId];
    if (resource === undefined) throw new Error(`there is no resource named ${logicalId}`);
    if (this.#making.includes(logicalId))
      throw new Error(`a circle of references: ${[...this.#making, logicalId].join(' → ')}`);
    this.#making.push(logicalId);
    const made = this.#create(logicalId, resource);
    this.#making.pop();
    this.#made.set(logicalId, made);
    return made;
  }

  #create(logicalId: string, resource: TemplateResource): Made {
    for (const earlier of [resource.DependsOn ?? []].flat()) this.#make(earlier);
    const { Type } = resource;
    if (Type in IGNORED_TYPES) return { ref: logicalId };
    const type = this.#world.resource(Type);
    if (type === undefined) throw new NotSimulated(`${Type} (${this.#stack.name}/${logicalId})`);
    const { name: stack, region } = this.#stack;
    try {
      const properties = resolveIn(this.#surroundings)(resource.Properties ?? {}, `${Type} ${logicalId}`);
      return type(properties, { region, stack, logicalId, metadata: resource.Metadata ?? {} });
    } catch (error) {
      throw located(error, `${stack}/${logicalId}`);
    }
  }
}

/** Says where it went wrong, once: at the resource that could not be made, not at those that wanted it. */
function located(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof NotSimulated || error.message.startsWith('cannot deploy '))
    return error;
  return new Error(`cannot deploy ${where}: ${error.message}`, { cause: error });
}
