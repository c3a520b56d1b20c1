import { describe, expect, it } from '@jest/globals';
import { pass, templatePlace } from './data-cloud.ts';
import { adopted, cloudWithEks, REGION } from './eks-cloud.ts';

const IMAGE = `111122223333.dkr.ecr.${REGION}.amazonaws.com/shop/web:1`;

describe('EKS clusters', () => {
  it('become active after a while, with an endpoint only then, and only once for one request token', async () => {
    const { world, call, auto, runs } = cloudWithEks();
    const { cluster } = await call('CreateCluster', { ...auto('fresh'), clientRequestToken: 'one' });
    expect([cluster.status, cluster.endpoint]).toEqual(['CREATING', undefined]);
    await call('CreateCluster', { ...auto('fresh'), clientRequestToken: 'one' });
    await pass(world, 600);
    expect((await call('DescribeCluster', { name: 'fresh' })).cluster.status).toBe('CREATING');
    await pass(world, 20);
    const active = (await call('DescribeCluster', { name: 'fresh' })).cluster;
    expect(active).toMatchObject({ status: 'ACTIVE', version: '1.35', computeConfig: { enabled: true } });
    expect(active.endpoint).toMatch(/^https:\/\/[0-9A-F]{32}\.gr7\.us-east-2\.eks\.amazonaws\.com$/);
    expect(runs).toEqual(['start']);
  });

  it('want all of Auto Mode or none, and a role that trusts EKS', async () => {
    const { call, auto } = cloudWithEks();
    await expect(call('CreateCluster', auto('half', false))).rejects.toMatchObject({
      message: expect.stringMatching(/must all be enabled or disabled/),
    });
    await expect(
      call('CreateCluster', { ...auto('x'), roleArn: 'arn:aws:iam::111122223333:role/velero' }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(/cannot be assumed by EKS/),
    });
    await expect(call('DescribeCluster', { name: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('get what their add-ons bring, whether they had them from the start or not', async () => {
    const { world, call, eks, runs } = cloudWithEks();
    eks.adopt({ name: 'old', region: REGION, version: '1.35', addons: { 'snapshot-controller': 'v8.3.0-eksbuild.1' } });
    const place = templatePlace(REGION, 'Cluster');
    eks.adopt({ name: 'made', region: REGION, version: '1.35' });
    eks.resources['AWS::EKS::Addon']?.({ ClusterName: 'made', AddonName: 'from-template', AddonVersion: 'v1' }, place);
    eks.deployed();
    expect(runs).toEqual(['snapshot-controller v8.3.0-eksbuild.1', 'start', 'from-template v1', 'start']);
    await call('CreateAddon', { clusterName: 'old', addonName: 'later', addonVersion: 'v2' });
    await pass(world, 14);
    expect(runs.at(-1)).toBe('start');
    await pass(world, 2);
    expect(runs.at(-1)).toBe('later v2');
  });

  it('do not finish while us-east-1 is lost', async () => {
    const { world, call, auto } = cloudWithEks();
    await call('CreateCluster', auto('fresh'));
    world.network.lose('us-east-1');
    await pass(world, 3600);
    expect((await call('DescribeCluster', { name: 'fresh' })).cluster.status).toBe('CREATING');
    world.network.restore('us-east-1');
    await pass(world, 60);
    expect((await call('DescribeCluster', { name: 'fresh' })).cluster.status).toBe('ACTIVE');
  });

  it('give a service account the role of its association, if that role trusts pods', async () => {
    const { call, world, host } = adopted();
    const association = { clusterName: 'standby', namespace: 'velero', serviceAccount: 'velero' };
    await call('CreatePodIdentityAssociation', { ...association, roleArn: 'arn:aws:iam::111122223333:role/velero' });
    await pass(world, 3);
    expect(host.podIdentity('velero', 'velero')).toBe('arn:aws:iam::111122223333:role/velero');
    expect(host.podIdentity('velero', 'default')).toBeUndefined();
    await call('CreatePodIdentityAssociation', {
      ...association,
      serviceAccount: 'wrong',
      roleArn: 'arn:aws:iam::111122223333:role/cluster',
    });
    await pass(world, 3);
    expect(host.podIdentity('velero', 'wrong')).toBeUndefined();
    const { associations } = await call('ListPodIdentityAssociations', {
      clusterName: 'standby',
      serviceAccount: 'velero',
    });
    expect(associations).toMatchObject([association]);
  });

  it('pull from a registry that has the image and can be reached', () => {
    const { ecr, host, world } = adopted();
    expect(host.imageProblem(IMAGE)).toMatch(/not found$/);
    ecr.push(REGION, 'shop/web', '1');
    expect(host.imageProblem(IMAGE)).toBeUndefined();
    expect(host.imageProblem('docker.io/library/nginx:1.29')).toBeUndefined();
    expect(host.imageProblem('velero/velero@sha256:aa')).toMatch(/invalid reference format/);
    ecr.push('us-west-2', 'shop/web', '1');
    world.network.lose('us-west-2');
    expect(host.imageProblem(IMAGE.replace(REGION, 'us-west-2'))).toMatch(/i\/o timeout/);
  });

  it('get no instance where capacity is exhausted', () => {
    const { ec2, host } = adopted();
    expect(host.zones).toEqual(['us-east-2a', 'us-east-2b', 'us-east-2c']);
    const end = ec2.exhaust(REGION, 'us-east-2b');
    expect(host.zones.map((zone) => host.capacityProblem(zone))).toEqual([
      undefined,
      'InsufficientInstanceCapacity',
      undefined,
    ]);
    end();
    expect(host.capacityProblem('us-east-2b')).toBeUndefined();
  });

  it('register targets only where the target group names their cluster', () => {
    const { elb, host } = adopted();
    const group = (Name: string, cluster: string) =>
      elb.resources['AWS::ElasticLoadBalancingV2::TargetGroup']?.(
        { Name, Protocol: 'TCP', Port: 80, TargetType: 'ip', Tags: [{ Key: 'eks:eks-cluster-name', Value: cluster }] },
        templatePlace(REGION, Name),
      ).ref ?? '';
    const ours = group('ours', 'standby');
    const others = group('others', 'primary');
    const target = { ip: '10.0.0.1', port: 8080, serve: () => ({ status: 200, body: '' }) };
    for (const arn of [ours, others]) host.setTargets(arn, [target]);
    expect(elb.targetGroupAt(ours, REGION).targets()).toMatchObject([{ id: '10.0.0.1', state: 'initial' }]);
    expect(elb.targetGroupAt(others, REGION).targets()).toEqual([]);
    host.setTargets(ours, []);
    expect(elb.targetGroupAt(ours, REGION).targets()).toMatchObject([{ state: 'draining' }]);
  });

  it('cannot have a load balancer made while us-east-1 is lost', () => {
    const { host, world } = adopted();
    const serve = () => ({ status: 200, body: '' });
    world.network.lose('us-east-1');
    expect(host.loadBalancer('Service', 'shop', 'web', serve)).toBeUndefined();
    world.network.restore('us-east-1');
    expect(host.loadBalancer('Service', 'shop', 'web', serve)).toMatch(
      /^k8s-shop-web-[0-9a-f]{8}-.*\.elb\.us-east-2\.amazonaws\.com$/,
    );
  });
});
