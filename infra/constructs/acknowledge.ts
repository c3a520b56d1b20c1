import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says why a finding of cdk-nag's AwsSolutions rules stands. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Says why a statement of a role needs wildcards among its resources; each is a finding of its own. */
export function acknowledgeWildcards(role: IConstruct, resources: string[], reason: string): void {
  for (const resource of resources) {
    const name = flattened(Stack.of(role).resolve(resource));
    if (name.includes('*')) acknowledge(role, `IAM5[Resource::${name}]`, reason);
  }
}

/** A resolved ARN as cdk-nag writes it in its findings. */
function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(flattened).join(join[0]);
  throw new Error(`no name for ${JSON.stringify(value)}`);
}
