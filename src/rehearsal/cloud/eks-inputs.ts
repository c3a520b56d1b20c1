import { AwsError } from './aws-error.ts';
import { defaultUsername, isAccessPolicy } from './eks-access.ts';
import type { AccessEntry, AccessPolicy, Addon, PodIdentity } from './eks-cluster.ts';
import { uuidOf } from './physical-name.ts';
import type { Input } from './service.ts';

const ROLE_OR_USER = /^arn:aws:iam::\d{12}:(role|user)\/.+$/;

const refused = (message: string): AwsError => new AwsError('InvalidParameterException', message, 400);

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html, in the API's own spelling */
export function accessEntry(input: Input, arn: string, effectiveAt: number): AccessEntry {
  const type: string = input.type ?? 'STANDARD';
  const groups: string[] = input.kubernetesGroups ?? [];
  if (!ROLE_OR_USER.test(input.principalArn))
    throw refused(`The specified principalArn is invalid: ${input.principalArn}`);
  if (groups.some((group) => /^(system:|eks:|aws:|amazon:|iam:)/.test(group)))
    throw refused(
      `The kubernetes group name ${groups.join(', ')} is invalid, it cannot start with system:, eks:, aws:, amazon: or iam:`,
    );
  if (type !== 'STANDARD' && groups.length > 0) throw refused(`An access entry of type ${type} takes no groups`);
  const username: string = input.username ?? defaultUsername(input.principalArn);
  return { principalArn: input.principalArn, arn, type, username, groups, policies: [], effectiveAt };
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html */
export function accessPolicy(input: Input, associatedAt: number): AccessPolicy {
  if (!isAccessPolicy(input.policyArn))
    throw refused(`The policyArn parameter format is not valid: ${input.policyArn}`);
  const scope: 'cluster' | 'namespace' = input.accessScope?.type ?? 'cluster';
  const namespaces: string[] = input.accessScope?.namespaces ?? [];
  if (scope === 'namespace' && namespaces.length === 0) throw refused('The namespace access scope needs namespaces');
  return { policyArn: input.policyArn, scope, namespaces, associatedAt };
}

export function podIdentity(input: Input, at: { region: string; account: string; effectiveAt: number }): PodIdentity {
  const { clusterName, namespace, serviceAccount, roleArn } = input;
  const id = `a-${uuidOf(`${at.region}/${clusterName}/${namespace}/${serviceAccount}`).replaceAll('-', '').slice(0, 17)}`;
  const arn = `arn:aws:eks:${at.region}:${at.account}:podidentityassociation/${clusterName}/${id}`;
  return { id, arn, namespace, serviceAccount, roleArn, effectiveAt: at.effectiveAt };
}

export const addon = (input: Input, arn: string, createdAt: number): Addon => ({
  name: input.addonName,
  version: input.addonVersion ?? 'v1.0.0-eksbuild.1',
  status: 'CREATING',
  arn,
  createdAt,
});

/** CloudFormation's spelling turned into the API's: the first letter of each member is small there. */
export function apiSpelling(value: Input): Input {
  if (Array.isArray(value)) return value.map(apiSpelling);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), apiSpelling(member)]),
  );
}
