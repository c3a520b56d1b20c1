import { CloudWatch } from '../../../src/rehearsal/cloud/cloudwatch.ts';
import { ElasticLoadBalancing } from '../../../src/rehearsal/cloud/elasticloadbalancingv2.ts';
import { Route53 } from '../../../src/rehearsal/cloud/route53.ts';
import { emptyWorld, START, templatePlace } from './data-cloud.ts';

export const PRIMARY = 'us-west-2';
export const STANDBY = 'us-east-2';
export const PRIMARY_NAME = 'web-1.elb.us-west-2.amazonaws.com';
export const STANDBY_NAME = 'web-2.elb.us-east-2.amazonaws.com';

export function switchable({ fixed = {} }: { fixed?: Record<string, number> } = {}) {
  const cloud = emptyWorld({ fixed: { 'cloudwatch.alarmEvaluation': 5, 'route53.aggregate': 2, ...fixed } });
  const { world } = cloud;
  const cloudWatch = new CloudWatch(world);
  const elb = new ElasticLoadBalancing(world);
  const route53 = new Route53(world, cloudWatch, elb);
  for (const service of [cloudWatch, elb, route53]) world.register(service);
  const shop = { status: 200 };
  for (const [region, dnsName] of [
    [PRIMARY, PRIMARY_NAME],
    [STANDBY, STANDBY_NAME],
  ] as const)
    elb.addDirect({
      region,
      dnsName,
      name: dnsName.slice(0, 5),
      type: 'network',
      serve: () => ({ status: region === PRIMARY ? shop.status : 200, body: 'shop is well' }),
    });
  const make = (type: string, properties: Record<string, unknown>, region = 'us-east-1', id = type) => {
    const resource = { ...cloudWatch.resources, ...route53.resources }[`AWS::${type}`];
    if (resource === undefined) throw new Error(`no type ${type}`);
    return resource(properties, templatePlace(region, id)).ref;
  };
  const endpoint = (more: Record<string, unknown> = {}) =>
    make(
      'Route53::HealthCheck',
      {
        HealthCheckConfig: {
          Type: 'HTTP',
          FullyQualifiedDomainName: PRIMARY_NAME,
          ResourcePath: '/health',
          RequestInterval: 10,
          FailureThreshold: 3,
          ...more,
        },
      },
      'us-east-1',
      `check${JSON.stringify(more)}`,
    );
  const history: [number, boolean][] = [];
  world.listen((entry) => {
    if (entry.what === 'health check') history.push([(entry.at - START) / 1000, entry.healthy === true]);
  });
  return { ...cloud, cloudWatch, elb, route53, shop, make, endpoint, history };
}
