import type { SimulatedCluster } from '../cluster/host.ts';
import { AwsError } from './aws-error.ts';
import type { Input } from './service.ts';

export type AccessPolicy = {
  policyArn: string;
  scope: 'cluster' | 'namespace';
  namespaces: string[];
  associatedAt: number;
};
export type AccessEntry = {
  principalArn: string;
  arn: string;
  type: string;
  username: string;
  groups: string[];
  policies: AccessPolicy[];
  /** From when on the API server knows of it. */
  effectiveAt: number;
};
export type PodIdentity = {
  id: string;
  arn: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  effectiveAt: number;
};
export type Addon = { name: string; version: string; status: 'CREATING' | 'ACTIVE'; arn: string; createdAt: number };

export type EksClusterSettings = {
  name: string;
  region: string;
  arn: string;
  /** Such as 1.35. */
  version: string;
  roleArn: string;
  nodeRoleArn: string | undefined;
  autoMode: boolean;
  nodePools: string[];
  authenticationMode: string;
  subnetIds: string[];
  securityGroupId: string;
  vpcId: string;
  publicAccess: boolean;
  privateAccess: boolean;
  publicAccessCidrs: string[];
  supportType: string;
  deletionProtection: boolean;
  tags: Record<string, string>;
  createdAt: number;
};

export type ClusterStatus = 'CREATING' | 'ACTIVE' | 'DELETING';

/** What EKS knows of a cluster; the cluster itself is `simulated`. */
export class EksCluster {
  readonly settings: EksClusterSettings;
  readonly endpoint: string;
  readonly certificateAuthority: string;
  status: ClusterStatus = 'CREATING';
  simulated: SimulatedCluster | undefined;
  started = false;

  constructor(settings: EksClusterSettings, identifier: string) {
    this.settings = settings;
    this.endpoint = `https://${identifier.toUpperCase()}.gr7.${settings.region}.eks.amazonaws.com`;
    this.certificateAuthority = Buffer.from(
      `-----BEGIN CERTIFICATE-----\n${identifier}\n-----END CERTIFICATE-----\n`,
    ).toString('base64');
  }

  /** Region and name. */
  get key(): string {
    return `${this.settings.region}/${this.settings.name}`;
  }

  get hostName(): string {
    return new URL(this.endpoint).hostname;
  }
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, in the API's own spelling */
export function clusterSettings(
  input: Input,
  at: { region: string; arn: string; createdAt: number; vpcId: string; securityGroupId: string },
): EksClusterSettings {
  const network = input.resourcesVpcConfig ?? {};
  const autoMode = autoModeOf(input);
  const authenticationMode: string = input.accessConfig?.authenticationMode ?? 'CONFIG_MAP';
  // https://docs.aws.amazon.com/eks/latest/userguide/create-cluster-auto.html
  if (autoMode && authenticationMode === 'CONFIG_MAP')
    throw new AwsError(
      'InvalidParameterException',
      'EKS Auto Mode requires an authentication mode of API or API_AND_CONFIG_MAP',
      400,
    );
  return {
    ...at,
    autoMode,
    authenticationMode,
    name: input.name,
    version: String(input.version),
    roleArn: input.roleArn,
    nodeRoleArn: input.computeConfig?.nodeRoleArn,
    nodePools: input.computeConfig?.nodePools ?? [],
    subnetIds: network.subnetIds ?? [],
    publicAccess: network.endpointPublicAccess ?? true,
    privateAccess: network.endpointPrivateAccess ?? false,
    publicAccessCidrs: network.publicAccessCidrs ?? ['0.0.0.0/0'],
    supportType: input.upgradePolicy?.supportType ?? 'EXTENDED',
    deletionProtection: input.deletionProtection ?? false,
    tags: input.tags ?? {},
  };
}

/** All three or none. https://docs.aws.amazon.com/eks/latest/userguide/automode-api-reference.html */
function autoModeOf(input: Input): boolean {
  const enabled = [
    input.computeConfig?.enabled === true,
    input.storageConfig?.blockStorage?.enabled === true,
    input.kubernetesNetworkConfig?.elasticLoadBalancing?.enabled === true,
  ];
  if (new Set(enabled).size === 1) return enabled[0] === true;
  const message =
    'For EKS Auto Mode, compute, block storage, and load balancing capabilities must all be enabled or disabled in the same request';
  throw new AwsError('InvalidParameterException', message, 400);
}
