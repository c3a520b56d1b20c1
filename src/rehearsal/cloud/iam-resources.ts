import { NotSimulated } from '../kernel/not-simulated.ts';
import { MANAGED_POLICIES } from './iam-managed.ts';
import { type PolicyDocument, statementsOf } from './iam-policy.ts';
import type { Role } from './iam-role.ts';
import { physicalName } from './physical-name.ts';
import type { Input, ResourceType } from './service.ts';
import type { World } from './world.ts';

type Roles = {
  role(name: string): Role | undefined;
  addRole(name: string, trust: PolicyDocument, path?: string): Role;
  attach(role: Role, document: PolicyDocument, policyName: string): void;
  managedPolicies: Map<string, { name: string; document: PolicyDocument }>;
};
type NamedPolicy = { PolicyName: string; PolicyDocument: PolicyDocument };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_IAM.html */
export function iamResources(iam: Roles, world: World): Record<string, ResourceType> {
  const roleOf = (name: string, policy: string): Role => {
    const role = iam.role(name);
    if (role === undefined) throw new Error(`policy ${policy} is for role ${name}, which does not exist`);
    return role;
  };
  return {
    'AWS::IAM::Role': (properties, at) => {
      const name = physicalName(properties.RoleName, at);
      if (iam.role(name) !== undefined) throw new Error(`there are two roles named ${name}`);
      const role = iam.addRole(name, properties.AssumeRolePolicyDocument, properties.Path);
      for (const arn of properties.ManagedPolicyArns ?? []) attachManaged(iam, role, arn);
      for (const { PolicyName, PolicyDocument } of (properties.Policies ?? []) as NamedPolicy[])
        iam.attach(role, PolicyDocument, PolicyName);
      if (properties.PermissionsBoundary !== undefined)
        role.boundary = statementsOf(managed(iam, properties.PermissionsBoundary).document, 'the boundary');
      return { ref: name, attributes: { Arn: role.arn, RoleId: `AROA${name}` } };
    },
    'AWS::IAM::Policy': (properties) => {
      for (const name of properties.Roles ?? [])
        iam.attach(roleOf(name, properties.PolicyName), properties.PolicyDocument, properties.PolicyName);
      return { ref: properties.PolicyName, attributes: { Id: properties.PolicyName } };
    },
    'AWS::IAM::RolePolicy': (properties) => {
      iam.attach(roleOf(properties.RoleName, properties.PolicyName), properties.PolicyDocument, properties.PolicyName);
      return { ref: properties.PolicyName };
    },
    'AWS::IAM::ManagedPolicy': (properties, at) => {
      const name = physicalName(properties.ManagedPolicyName, at, 128);
      const arn = `arn:aws:iam::${world.account}:policy${properties.Path ?? '/'}${name}`;
      iam.managedPolicies.set(arn, { name, document: properties.PolicyDocument });
      for (const role of properties.Roles ?? []) attachManaged(iam, roleOf(role, name), arn);
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
    'AWS::IAM::ServiceLinkedRole': (properties: Input) => {
      const name = `AWSServiceRoleFor${String(properties.AWSServiceName).split('.')[0]}`;
      const trust = {
        Statement: [{ Effect: 'Allow', Principal: { Service: properties.AWSServiceName }, Action: 'sts:AssumeRole' }],
      };
      if (iam.role(name) === undefined) iam.addRole(name, trust, `/aws-service-role/${properties.AWSServiceName}/`);
      return { ref: name, attributes: { RoleName: name } };
    },
  };
}

function attachManaged(iam: Roles, role: Role, arn: string): void {
  const { name, document } = managed(iam, arn);
  iam.attach(role, document, name);
}

function managed(iam: Roles, arn: string): { name: string; document: PolicyDocument } {
  const own = iam.managedPolicies.get(arn);
  if (own !== undefined) return own;
  const name = /^arn:aws:iam::aws:policy\/(.*)$/.exec(arn)?.[1];
  if (name === undefined) throw new Error(`managed policy ${arn} does not exist`);
  const document = MANAGED_POLICIES[name];
  if (document === undefined) throw new NotSimulated(`the AWS managed policy ${name}`);
  return { name, document };
}
