import { hash, type Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

type Subnet = { id: string; vpcId: string; zone: string; region: string; cidr: string };
type Shortage = { region: string; zone: string | undefined; probability: number };

/** Resources that only have to be there: their type, the prefix of their id, and the attribute that holds it. */
const INERT: [type: string, prefix: string, attribute: string][] = [
  ['AWS::EC2::VPC', 'vpc', 'VpcId'],
  ['AWS::EC2::InternetGateway', 'igw', 'InternetGatewayId'],
  ['AWS::EC2::VPCGatewayAttachment', 'attach', 'AttachmentType'],
  ['AWS::EC2::RouteTable', 'rtb', 'RouteTableId'],
  ['AWS::EC2::Route', 'route', 'CidrBlock'],
  ['AWS::EC2::SubnetRouteTableAssociation', 'rtbassoc', 'Id'],
  ['AWS::EC2::NatGateway', 'nat', 'NatGatewayId'],
  ['AWS::EC2::SecurityGroup', 'sg', 'GroupId'],
  ['AWS::EC2::SecurityGroupIngress', 'sgr', 'Id'],
  ['AWS::EC2::SecurityGroupEgress', 'sgr', 'Id'],
  ['AWS::EC2::VPCEndpoint', 'vpce', 'Id'],
  ['AWS::EC2::FlowLog', 'fl', 'Id'],
  ['AWS::EC2::NetworkAcl', 'acl', 'Id'],
  ['AWS::EC2::NetworkAclEntry', 'acle', 'Id'],
  ['AWS::EC2::SubnetNetworkAclAssociation', 'aclassoc', 'AssociationId'],
];

/** Amazon EC2: networks that are there, and instances that can be had or not. */
export class Ec2 implements Service {
  readonly id = 'ec2';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType> = {};
  readonly #world: World;
  readonly #random: Random;
  readonly #subnets = new Map<string, Subnet>();
  readonly #shortages = new Set<Shortage>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.kernel.random.fork('ec2');
    for (const [type, prefix, attribute] of INERT)
      this.resources[type] = (properties, at) => inert(prefix, attribute, properties, at);
    this.resources['AWS::EC2::Subnet'] = (properties, at) => this.#subnet(properties, at);
    this.resources['AWS::EC2::EIP'] = (_, at) => {
      const number = hash(`${at.stack}/${at.logicalId}`);
      // 203.0.113.0/24 is kept for documentation. https://www.rfc-editor.org/rfc/rfc5737
      const ip = `203.0.113.${number % 256}`;
      return { ref: ip, attributes: { AllocationId: resourceId('eipalloc', at), PublicIp: ip } };
    };
    this.operations = {
      DescribeSubnets: {
        permissions: () => [{ action: 'ec2:DescribeSubnets', resource: '*' }],
        answer: (input, at) => ({ Subnets: this.#describe(input, at.region) }),
      },
      DescribeAvailabilityZones: {
        permissions: () => [{ action: 'ec2:DescribeAvailabilityZones', resource: '*' }],
        answer: (_, at) => ({
          AvailabilityZones: zonesOf(at.region).map((ZoneName) => ({
            ZoneName,
            RegionName: at.region,
            State: 'available',
          })),
        }),
      },
    };
  }

  subnet(id: string): Subnet | undefined {
    return this.#subnets.get(id);
  }

  /**
   * Undefined when an instance can be had in that zone now; otherwise the error code.
   * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
   */
  capacityProblem(region: string, zone: string): string | undefined {
    if (!this.#world.network.up(region)) return 'Unavailable';
    const strikes = this.#world.faults.strike({ service: 'ec2', operation: 'CreateFleet', region });
    if (strikes.some(({ kind }) => kind === 'error')) return 'InternalError';
    if (strikes.some(({ kind }) => kind === 'throttle')) return 'RequestLimitExceeded';
    for (const shortage of this.#shortages) {
      const here = shortage.region === region && (shortage.zone === undefined || shortage.zone === zone);
      if (here && this.#random.next() < shortage.probability) return 'InsufficientInstanceCapacity';
    }
    return undefined;
  }

  /** No instances there, or only sometimes, until the returned function is called. Without a zone: in the whole region. */
  exhaust(region: string, zone?: string, probability = 1): () => void {
    const shortage: Shortage = { region, zone, probability };
    this.#shortages.add(shortage);
    return () => this.#shortages.delete(shortage);
  }

  #subnet(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const id = resourceId('subnet', at);
    const zones = zonesOf(at.region);
    const zone: string = properties.AvailabilityZone ?? zones[this.#subnets.size % zones.length] ?? '';
    const { VpcId: vpcId, CidrBlock: cidr } = properties;
    this.#subnets.set(id, { id, vpcId, zone, region: at.region, cidr });
    return { ref: id, attributes: { SubnetId: id, VpcId: vpcId, AvailabilityZone: zone, CidrBlock: String(cidr) } };
  }

  #describe(input: Input, region: string): unknown[] {
    const wanted: string[] | undefined = input.SubnetIds;
    for (const id of wanted ?? [])
      if (this.#subnets.get(id)?.region !== region)
        throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`, 400);
    return [...this.#subnets.values()]
      .filter((subnet) => subnet.region === region && (wanted === undefined || wanted.includes(subnet.id)))
      .map(({ id, vpcId, zone, cidr }) => ({
        SubnetId: id,
        VpcId: vpcId,
        AvailabilityZone: zone,
        CidrBlock: cidr,
        State: 'available',
      }));
  }
}

/** Three zones that an account may use, in every region. */
export const zonesOf = (region: string): string[] => [`${region}a`, `${region}b`, `${region}c`];

/** Seventeen hexadecimal digits, the same for the same resource. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
export function resourceId(prefix: string, at: ResourcePlace): string {
  const digits = [0, 1, 2].map((part) =>
    hash(`${part}/${at.region}/${at.stack}/${at.logicalId}`).toString(16).padStart(8, '0'),
  );
  return `${prefix}-0${digits.join('').slice(0, 16)}`;
}

function inert(prefix: string, attribute: string, properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
  const id = resourceId(prefix, at);
  const attributes: Record<string, string> = { [attribute]: id };
  if (prefix === 'vpc')
    Object.assign(attributes, {
      CidrBlock: String(properties.CidrBlock),
      DefaultSecurityGroup: resourceId('sg', at),
      DefaultNetworkAcl: resourceId('acl', at),
    });
  if (prefix === 'sg') attributes.VpcId = String(properties.VpcId);
  return { ref: id, attributes };
}
