import { ElasticLoadBalancingV2Client, RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LoadBalancers } from '../../../../src/gateways/aws/load-balancers.ts';
import type { TemplateResource } from '../../../../src/rehearsal/assembly/assembly.ts';
import { ACCOUNT, clientOf, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const subnet = (zone: string, block: number): TemplateResource => ({
  Type: 'AWS::EC2::Subnet',
  Properties: { VpcId: { Ref: 'Network' }, CidrBlock: `10.0.${block}.0/24`, AvailabilityZone: `${REGION}${zone}` },
});

/** More than one call takes. */
const MANY = ['orders', ...Array.from({ length: 20 }, (_, number) => `none-${number}`)];

export const loadBalancers: Suite<LoadBalancers> = {
  gateway: LoadBalancers,
  resources: {
    Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    SubnetA: subnet('a', 0),
    SubnetB: subnet('b', 1),
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Name: 'orders', Type: 'network', Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }] },
    },
    Group: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { Name: 'orders', Protocol: 'TCP', Port: 80, TargetType: 'ip', VpcId: { Ref: 'Network' } },
    },
  },
  connect: ({ wires }) => new LoadBalancers(wires, REGION),
  cases: {
    hostNames: [
      {
        title: 'are known of what exists',
        ask: async (balancers) =>
          [...(await balancers.hostNames(['orders']))].map(([name, host]) => [name, host.split('.').slice(1)]),
        answers: [['orders', ['elb', REGION, 'amazonaws', 'com']]],
        moto: { differs: 'elb-network-name', answers: [['orders', [REGION, 'elb', 'amazonaws', 'com']]] },
      },
      {
        title: 'are known of what exists whatever other names are not there',
        ask: async (balancers) => [
          (await balancers.hostNames(['orders', 'none'])).size,
          (await balancers.hostNames([...MANY.slice(1), 'orders'])).size,
          (await balancers.hostNames(['none'])).size,
          (await balancers.hostNames([])).size,
        ],
        answers: [1, 1, 0, 0],
      },
    ],
    targetGroups: [
      {
        title: 'are known by their ARNs',
        ask: async (balancers) =>
          [...(await balancers.targetGroups(['orders']))].map(([name, arn]) => [name, arn.split('/').slice(0, 2)]),
        answers: [['orders', [`arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup`, 'orders']]],
      },
      {
        title: 'are known of what exists whatever other names are not there',
        ask: async (balancers) => [
          (await balancers.targetGroups(['orders', 'none'])).size,
          (await balancers.targetGroups([...MANY.slice(1), 'orders'])).size,
          (await balancers.targetGroups(['none'])).size,
        ],
        answers: [1, 1, 0],
      },
    ],
    targetHealth: [
      {
        title: 'counts targets',
        ask: async (balancers, place) => {
          const TargetGroupArn = (await balancers.targetGroups(['orders'])).get('orders') ?? '';
          const none = await balancers.targetHealth(TargetGroupArn);
          const Targets = [{ Id: '10.0.0.5', Port: 80 }];
          const client = clientOf(place, ElasticLoadBalancingV2Client);
          await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
          return [none, (await balancers.targetHealth(TargetGroupArn)).total];
        },
        answers: [{ healthy: 0, total: 0 }, 1],
      },
      {
        title: 'throws when there is no such target group',
        ask: (balancers) =>
          errorOf(
            balancers.targetHealth(
              `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/none/0123456789abcdef`,
            ),
          ),
        answers: 'TargetGroupNotFoundException',
      },
    ],
  },
};
