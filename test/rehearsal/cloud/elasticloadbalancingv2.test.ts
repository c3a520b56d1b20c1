import { describe, expect, it } from '@jest/globals';
import { ElasticLoadBalancing } from '../../../src/rehearsal/cloud/elasticloadbalancingv2.ts';
import type { HttpResponse, World } from '../../../src/rehearsal/cloud/world.ts';
import { ask, emptyWorld, pass, templatePlace } from './data-cloud.ts';

const REGION = 'us-east-2';

function balancer(type: 'network' | 'application' = 'network') {
  const cloud = emptyWorld({ fixed: { 'elb.registerTarget': 12 } });
  const elb = new ElasticLoadBalancing(cloud.world);
  cloud.world.register(elb);
  const make = (kind: string, properties: Record<string, unknown>) => {
    const made = elb.resources[`AWS::ElasticLoadBalancingV2::${kind}`]?.(
      properties,
      templatePlace(REGION, `${kind}${JSON.stringify(properties).length}`),
    );
    if (made === undefined) throw new Error(`no type ${kind}`);
    return made;
  };
  const { ref: LoadBalancerArn, attributes } = make('LoadBalancer', { Name: 'lb-shop', Type: type });
  const health = {
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/ready',
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
  };
  const protocol = type === 'network' ? 'TCP' : 'HTTP';
  const { ref: group } = make('TargetGroup', {
    Name: 'tg-shop-0',
    Protocol: protocol,
    Port: 80,
    TargetType: 'ip',
    ...health,
  });
  const forward = [{ Type: 'forward', TargetGroupArn: group }];
  const notFound = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }];
  const DefaultActions = type === 'network' ? forward : notFound;
  const { ref: ListenerArn } = make('Listener', { LoadBalancerArn, Port: 80, Protocol: protocol, DefaultActions });
  if (type === 'application')
    make('ListenerRule', {
      ListenerArn,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api', '/api/*'] } }],
      Actions: forward,
    });
  const pod = { status: 200 };
  const serve = () => ({ status: pod.status, body: 'shop' });
  const states = async () =>
    (
      await ask(cloud.world, REGION, 'elasticloadbalancingv2:DescribeTargetHealth', { TargetGroupArn: group })
    ).TargetHealthDescriptions.map((one: { TargetHealth: { State: string } }) => one.TargetHealth.State);
  const dnsName = attributes?.DNSName ?? '';
  return { ...cloud, elb, group: elb.targetGroupAt(group, REGION), arn: group, dnsName, pod, serve, states };
}

async function request(world: World, url: string): Promise<HttpResponse | string> {
  let outcome: HttpResponse | string | undefined;
  world.kernel.spawn(() =>
    world.fetch({ method: 'GET', url: new URL(url), headers: {} }, 'internet').then(
      (response) => {
        outcome = response;
      },
      (error) => {
        outcome = String(error.code);
      },
    ),
  );
  await world.kernel.run(world.kernel.now + 60_000, () => outcome !== undefined);
  return outcome ?? 'no answer';
}

describe('Elastic Load Balancing', () => {
  it('is found by its name, and a wrong name fails the call', async () => {
    const { world, dnsName } = balancer();
    const { LoadBalancers } = await ask(world, REGION, 'elasticloadbalancingv2:DescribeLoadBalancers', {
      Names: ['lb-shop'],
    });
    expect(LoadBalancers).toMatchObject([
      { LoadBalancerName: 'lb-shop', DNSName: dnsName, Type: 'network', State: { Code: 'active' } },
    ]);
    expect(dnsName).toMatch(/^lb-shop-[0-9a-f]{16}\.elb\.us-east-2\.amazonaws\.com$/);
    await expect(
      ask(world, REGION, 'elasticloadbalancingv2:DescribeLoadBalancers', { Names: ['lb-none'] }),
    ).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
    await expect(
      ask(world, REGION, 'elasticloadbalancingv2:DescribeTargetGroups', { Names: ['tg-none'] }),
    ).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' });
  });

  it('calls a target healthy after as many good checks as a network load balancer wants', async () => {
    const { world, group, serve, states } = balancer();
    group.register('10.0.0.1', 8080, serve);
    expect(await states()).toEqual(['initial']);
    await pass(world, 21);
    expect(await states()).toEqual(['initial']);
    await pass(world, 1);
    expect(await states()).toEqual(['healthy']);
  });

  it('calls a target new to an application load balancer healthy after one', async () => {
    const { world, group, serve, states } = balancer('application');
    group.register('10.0.0.1', 8080, serve);
    await pass(world, 12);
    expect(await states()).toEqual(['healthy']);
  });

  it('notices a target that fails once somebody looks, and that it recovered by itself', async () => {
    const { world, elb, group, pod, serve, states } = balancer();
    group.register('10.0.0.1', 8080, serve);
    await pass(world, 30);
    pod.status = 500;
    elb.look();
    await pass(world, 5);
    expect(await states()).toEqual(['healthy']);
    await pass(world, 5);
    expect(await states()).toEqual(['unhealthy']);
    pod.status = 200;
    await pass(world, 20);
    expect(await states()).toEqual(['healthy']);
  });

  it('drains a target that is taken away for as long as the group says', async () => {
    const { world, group, serve, states } = balancer();
    group.register('10.0.0.1', 8080, serve);
    await pass(world, 30);
    group.deregister('10.0.0.1', 8080);
    expect(await states()).toEqual(['draining']);
    await pass(world, 300);
    expect(await states()).toEqual([]);
  });

  it('refuses connections without targets where it is a network load balancer, and answers 503 where an application one', async () => {
    const network = balancer();
    expect(await request(network.world, `http://${network.dnsName}/`)).toBe('ECONNREFUSED');
    const application = balancer('application');
    expect(await request(application.world, `http://${application.dnsName}/api/x`)).toMatchObject({ status: 503 });
    expect(await request(application.world, `http://${application.dnsName}/other`)).toMatchObject({ status: 404 });
  });

  it('passes requests to a healthy target', async () => {
    const { world, group, serve, dnsName } = balancer('application');
    group.register('10.0.0.1', 8080, serve);
    await pass(world, 12);
    expect(await request(world, `http://${dnsName}/api`)).toMatchObject({ status: 200, body: 'shop' });
    expect(await request(world, `http://${dnsName}:81/api`)).toBe('ECONNREFUSED');
  });

  it('does not answer while its region is lost or its service is down', async () => {
    const { world, group, serve, dnsName } = balancer('application');
    group.register('10.0.0.1', 8080, serve);
    await pass(world, 12);
    const end = world.faults.add({ kind: 'error', service: 'elasticloadbalancingv2', region: REGION, probability: 1 });
    expect(await request(world, `http://${dnsName}/api`)).toMatchObject({ status: 503 });
    end();
    world.network.lose(REGION);
    expect(await request(world, `http://${dnsName}/api`)).toBe('ETIMEDOUT');
    world.network.restore(REGION);
    expect(await request(world, `http://${dnsName}/api`)).toMatchObject({ status: 200 });
  });

  it('gives a load balancer of somebody else the name that is already known', async () => {
    const { world, elb, serve } = balancer();
    elb.addDirect({
      region: REGION,
      name: 'k8s-shop',
      type: 'network',
      dnsName: 'k8s-shop-1.elb.us-east-2.amazonaws.com',
      serve,
    });
    expect(await request(world, 'http://k8s-shop-1.elb.us-east-2.amazonaws.com/')).toMatchObject({ status: 200 });
  });
});
