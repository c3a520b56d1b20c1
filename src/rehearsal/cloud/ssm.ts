import { AwsError } from './aws-error.ts';
import { physicalName } from './physical-name.ts';
import type { Operation, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

type Parameter = { value: string; type: string };

/** Parameters that the templates set. */
export class Ssm implements Service {
  readonly id = 'ssm';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #parameters = new Map<string, Parameter>();

  constructor(world: World) {
    const arnOf = (name: string, region: string): string =>
      `arn:aws:ssm:${region}:${world.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
    this.operations = {
      GetParameter: {
        permissions: (input, at) => [{ action: 'ssm:GetParameter', resource: arnOf(input.Name, at.region) }],
        answer: (input, at) => {
          const parameter = this.#parameters.get(arnOf(input.Name, at.region));
          if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${input.Name} not found.`);
          return { Parameter: { Name: input.Name, Type: parameter.type, Value: parameter.value, Version: 1 } };
        },
      },
    };
    this.resources = {
      'AWS::SSM::Parameter': (properties, at) => {
        const name = physicalName(properties.Name, at, 128);
        this.#parameters.set(arnOf(name, at.region), { value: properties.Value, type: properties.Type });
        return { ref: name, attributes: { Type: properties.Type, Value: properties.Value } };
      },
    };
  }
}
