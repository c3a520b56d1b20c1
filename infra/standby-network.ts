import type { CfnSubnet, ISubnet } from 'aws-cdk-lib/aws-ec2';
import { CfnFlowLog, GatewayVpcEndpointAwsService, IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { admitLogs } from './constructs/bucket.ts';
import type { LifeboatStack } from './stack.ts';

/**
 * Zones to use where EKS refuses one that an account may be given: use1-az3, usw1-az2 and cac1-az3.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
 */
const ZONE_IDS: Record<string, string[]> = {
  'us-east-1': ['use1-az1', 'use1-az2', 'use1-az4'],
  'us-west-1': ['usw1-az1', 'usw1-az3'],
  'ca-central-1': ['cac1-az1', 'cac1-az2', 'cac1-az4'],
};

/**
 * The network of the standby, made ahead. Load balancers stand in public subnets, nodes in private ones, and one NAT
 * gateway is kept although no node runs: making it on the day would put one more call, and one more minute, between
 * the disaster and the first node, when EC2's control plane is at its busiest. Interface endpoints for what nodes need
 * (EC2, ECR, STS, EKS) cost several times as much and leave workloads without a way out; nodes in public subnets cost
 * nothing until they run, and are refused by most who must approve them. One gateway, not one per zone: it is lost
 * with its zone, which together with the primary's region would be two disasters at once. Restores do not pay for it:
 * S3, and with it the layers of images, goes through a gateway endpoint, which is free.
 */
export class StandbyNetwork extends Construct {
  readonly vpc: Vpc;

  constructor(stack: LifeboatStack, logs: Bucket) {
    super(stack, 'Network');
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: stack.names.of('standby'),
      ipAddresses: IpAddresses.cidr(stack.plan.sites.standby.network),
      maxAzs: 3,
      natGateways: 1,
      // The CDK would do it by a function of its own.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    for (const subnets of [this.vpc.publicSubnets, this.vpc.privateSubnets]) pin(subnets, ZONE_IDS[stack.region]);
    this.#flowLog(logs);
  }

  /** What the network turned away: enough to see a scan or a wrong security group, and not every byte of a restore. */
  #flowLog(logs: Bucket): void {
    admitLogs(logs, 'delivery.logs.amazonaws.com', 'network');
    const log = new CfnFlowLog(this, 'FlowLog', {
      resourceId: this.vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'REJECT',
      logDestinationType: 's3',
      logDestination: logs.arnForObjects('network/'),
    });
    if (logs.policy) log.node.addDependency(logs.policy);
  }
}

function pin(subnets: ISubnet[], zoneIds: string[] | undefined): void {
  if (zoneIds === undefined) return;
  for (const [index, subnet] of subnets.entries()) {
    const resource = subnet.node.defaultChild as CfnSubnet;
    resource.addPropertyDeletionOverride('AvailabilityZone');
    resource.addPropertyOverride('AvailabilityZoneId', zoneIds[index]);
  }
}
