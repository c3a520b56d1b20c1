import type { AccessEntry, AccessPolicy, Addon, EksCluster, PodIdentity } from './eks-cluster.ts';

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html: the endpoint is there once the cluster is active. */
export function describeCluster(cluster: EksCluster): unknown {
  const { settings, status } = cluster;
  return {
    name: settings.name,
    arn: settings.arn,
    createdAt: new Date(settings.createdAt),
    version: settings.version,
    ...(status === 'CREATING'
      ? {}
      : { endpoint: cluster.endpoint, certificateAuthority: { data: cluster.certificateAuthority } }),
    roleArn: settings.roleArn,
    resourcesVpcConfig: {
      subnetIds: settings.subnetIds,
      clusterSecurityGroupId: settings.securityGroupId,
      vpcId: settings.vpcId,
      endpointPublicAccess: settings.publicAccess,
      endpointPrivateAccess: settings.privateAccess,
      publicAccessCidrs: settings.publicAccessCidrs,
    },
    kubernetesNetworkConfig: { ipFamily: 'ipv4', elasticLoadBalancing: { enabled: settings.autoMode } },
    status,
    platformVersion: 'eks.1',
    tags: settings.tags,
    accessConfig: { authenticationMode: settings.authenticationMode },
    upgradePolicy: { supportType: settings.supportType },
    computeConfig: settings.autoMode
      ? { enabled: true, nodePools: settings.nodePools, nodeRoleArn: settings.nodeRoleArn }
      : { enabled: false },
    storageConfig: { blockStorage: { enabled: settings.autoMode } },
    deletionProtection: settings.deletionProtection,
    health: { issues: [] },
  };
}

export const describeEntry = (entry: AccessEntry, clusterName: string): unknown => ({
  clusterName,
  principalArn: entry.principalArn,
  accessEntryArn: entry.arn,
  kubernetesGroups: entry.groups,
  username: entry.username,
  type: entry.type,
});

export const describePolicy = (policy: AccessPolicy): unknown => ({
  policyArn: policy.policyArn,
  accessScope: { type: policy.scope, namespaces: policy.namespaces },
  associatedAt: new Date(policy.associatedAt),
});

export const describeIdentity = (identity: PodIdentity, clusterName: string): unknown => ({
  clusterName,
  namespace: identity.namespace,
  serviceAccount: identity.serviceAccount,
  roleArn: identity.roleArn,
  associationArn: identity.arn,
  associationId: identity.id,
});

export const describeAddon = (addon: Addon, clusterName: string): unknown => ({
  clusterName,
  addonName: addon.name,
  addonVersion: addon.version,
  addonArn: addon.arn,
  status: addon.status,
  health: { issues: [] },
  createdAt: new Date(addon.createdAt),
  modifiedAt: new Date(addon.createdAt),
});
