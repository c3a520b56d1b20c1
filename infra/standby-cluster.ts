import type { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster } from 'aws-cdk-lib/aws-eks';
import { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import { logGroup } from './constructs/log-group.ts';
import { LifeboatRole } from './constructs/role.ts';
import type { LifeboatStack } from './stack.ts';

/**
 * Where `-c kubernetesVersion=…` says no other. It should be the primary's: Velero restores objects in the versions
 * of the API that they were backed up in. The hourly capture compares the two, and tells people when they differ.
 */
const KUBERNETES_VERSION = '1.35';

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
const CLUSTER_POLICIES = [
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];

/**
 * The standby's cluster, EKS Auto Mode: its control plane runs, no node does until a workload asks for one. Made from
 * the plain resource: the CDK's construct brings add-ons and a handler that Auto Mode has no need of.
 */
export class StandbyCluster extends Construct {
  readonly resource: CfnCluster;

  constructor(stack: LifeboatStack, vpc: Vpc) {
    super(stack, 'Cluster');
    const { cluster, publicAccess } = stack.plan.sites.standby;
    const logs = logGroup(this, `/aws/eks/${cluster}/cluster`);
    this.resource = new CfnCluster(this, 'Resource', {
      name: cluster,
      version: stack.node.tryGetContext('kubernetesVersion') ?? KUBERNETES_VERSION,
      roleArn: role(this, stack, 'cluster', 'eks.amazonaws.com', CLUSTER_POLICIES),
      // Nodes go where the cluster's subnets are.
      resourcesVpcConfig: {
        subnetIds: vpc.privateSubnets.map((subnet) => subnet.subnetId),
        endpointPublicAccess: true,
        endpointPrivateAccess: true,
        publicAccessCidrs: publicAccess,
      },
      // Whoever deploys does not become an administrator of the cluster by it: access entries say who is.
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      // Auto Mode is these three, all or none: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
      computeConfig: {
        enabled: true,
        nodePools: ['general-purpose', 'system'],
        nodeRoleArn: role(this, stack, 'node', 'ec2.amazonaws.com', NODE_POLICIES),
      },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
      upgradePolicy: { supportType: 'STANDARD' },
      logging: {
        clusterLogging: {
          enabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((type) => ({ type })),
        },
      },
    });
    // Otherwise EKS makes it, and keeps it for ever.
    this.resource.node.addDependency(logs);
    acknowledge(
      this.resource,
      'EKS1',
      "The functions that recover reach the API over the internet, guarded by IAM, access entries and the plan's publicAccess. In a network of their own they would need a NAT gateway more, and would be lost with it.",
    );
  }
}

function role(
  cluster: StandbyCluster,
  stack: LifeboatStack,
  name: string,
  service: string,
  policies: string[],
): string {
  const because = 'AWS keeps it in step with what Auto Mode does in the account, which changes without us.';
  const id = `${name}Role`;
  return new LifeboatRole(cluster, id, stack, {
    name: `standby-${name}`,
    for: service,
    grants: [],
    managed: { names: policies, because },
  }).arn;
}
