import type { PolicyDocument } from './iam-policy.ts';

const allow = (Action: string[], Resource: string | string[] = '*', Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/**
 * The AWS managed policies that templates here may use, as AWS publishes them:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 * Those whose permissions only AWS's own controllers use inside a simulated cluster are kept to the calls that
 * the twin makes.
 */
export const MANAGED_POLICIES: Record<string, PolicyDocument> = {
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
  AdministratorAccess: { Statement: [allow(['*'])] },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
  'service-role/AWSLambdaBasicExecutionRole': {
    Statement: [allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXRayDaemonWriteAccess.html
  AWSXRayDaemonWriteAccess: {
    Statement: [
      allow([
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:GetSamplingStatisticSummaries',
      ]),
    ],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSClusterPolicy.html
  AmazonEKSClusterPolicy: {
    Statement: [allow(['ec2:*', 'elasticloadbalancing:*', 'autoscaling:*', 'kms:DescribeKey'])],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSComputePolicy.html
  AmazonEKSComputePolicy: {
    Statement: [allow(['ec2:*', 'iam:GetInstanceProfile', 'iam:CreateInstanceProfile', 'iam:PassRole'])],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSBlockStoragePolicy.html
  AmazonEKSBlockStoragePolicy: { Statement: [allow(['ec2:*'])] },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
  AmazonEKSLoadBalancingPolicy: {
    Statement: [allow(['elasticloadbalancing:*', 'ec2:Describe*', 'ec2:*SecurityGroup*'])],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSNetworkingPolicy.html
  AmazonEKSNetworkingPolicy: { Statement: [allow(['ec2:*'])] },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodeMinimalPolicy.html
  AmazonEKSWorkerNodeMinimalPolicy: { Statement: [allow(['eks-auth:AssumeRoleForPodIdentity'])] },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html
  AmazonEC2ContainerRegistryPullOnly: {
    Statement: [
      allow([
        'ecr:GetAuthorizationToken',
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
      ]),
    ],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodePolicy.html
  AmazonEKSWorkerNodePolicy: {
    Statement: [allow(['ec2:Describe*', 'eks:DescribeCluster', 'eks-auth:AssumeRoleForPodIdentity'])],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKS_CNI_Policy.html
  AmazonEKS_CNI_Policy: { Statement: [allow(['ec2:*'])] },
};
