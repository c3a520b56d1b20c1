import { describe, expect, it } from '@jest/globals';
import { eksToken } from '../../../src/gateways/aws/eks-token.ts';
import { Ec2 } from '../../../src/rehearsal/cloud/ec2.ts';
import { Ecr } from '../../../src/rehearsal/cloud/ecr.ts';
import { Eks } from '../../../src/rehearsal/cloud/eks.ts';
import { ElasticLoadBalancing } from '../../../src/rehearsal/cloud/elasticloadbalancingv2.ts';
import { Iam } from '../../../src/rehearsal/cloud/iam.ts';
import type { HttpResponse } from '../../../src/rehearsal/cloud/world.ts';
import type { ApiRequest, ClusterHost } from '../../../src/rehearsal/cluster/host.ts';
import { ask, emptyWorld, pass, templatePlace } from './data-cloud.ts';

const REGION = 'us-east-2';
const ADMIN = 'arn:aws:iam::111122223333:role/restorer';
const IMAGE = `111122223333.dkr.ecr.${REGION}.amazonaws.com/shop/web:1`;
const trusting = (Service: string) => ({
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
});

function cloudWithEks() {
  const cloud = emptyWorld({
    fixed: { 'eks.createCluster': 620, 'eks.addon': 15, 'eks.accessEntry': 3, 'ecr.replication': 120 },
  });
  const { world } = cloud;
  const iam = new Iam(world);
  const everything = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  for (const [name, service] of [
    ['cluster', 'eks.amazonaws.com'],
    ['velero', 'pods.eks.amazonaws.com'],
    ['tester', 'lambda.amazonaws.com'],
  ] as const)
    iam.attach(iam.addRole(name, trusting(service)), everything, 'everything');
  const parts = { ec2: new Ec2(world), ecr: new Ecr(world), elb: new ElasticLoadBalancing(world) };
  const hosts: ClusterHost[] = [];
  const requests: ApiRequest[] = [];
  const runs: string[] = [];
  const eks = new Eks(
    world,
    (host) => {
      hosts.push(host);
      return {
        handle: (request) => {
          requests.push(request);
          return { status: 200, body: { kind: 'PodList', items: [] } };
        },
        start: () => void runs.push('start'),
        stop: () => void runs.push('stop'),
      };
    },
    parts,
  );
  for (const service of [iam, parts.ec2, parts.ecr, parts.elb, eks]) world.register(service);
  const auto = (name: string, on = true) => ({
    name,
    version: '1.35',
    roleArn: 'arn:aws:iam::111122223333:role/cluster',
    accessConfig: { authenticationMode: 'API' },
    computeConfig: { enabled: on },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
  });
  const call = (operation: string, input: Record<string, unknown>) => ask(world, REGION, `eks:${operation}`, input);
  return { ...cloud, ...parts, eks, hosts, requests, runs, auto, call };
}

function adopted() {
  const cloud = cloudWithEks();
  cloud.eks.adopt({
    name: 'standby',
    region: REGION,
    version: '1.35',
    autoMode: true,
    roleArn: 'arn:aws:iam::111122223333:role/cluster',
  });
  cloud.eks.deployed();
  cloud.world.credentials.set('ASIAADMIN', ADMIN);
  cloud.world.secretKeys.set('ASIAADMIN', 'secret');
  const host = cloud.hosts[0];
  if (host === undefined) throw new Error('no cluster was made');
  const token = (cluster = 'standby', region = REGION, at = cloud.kernel.now, secretAccessKey = 'secret') =>
    eksToken(cluster, region, { accessKeyId: 'ASIAADMIN', secretAccessKey, sessionToken: 'session' }, new Date(at));
  const get = async (bearer: string, from = 'us-west-1'): Promise<HttpResponse> => {
    const { cluster } = await cloud.call('DescribeCluster', { name: 'standby' });
    const url = new URL(`${cluster.endpoint}/api/v1/pods?limit=5`);
    let outcome: { response: HttpResponse } | { error: unknown } | undefined;
    cloud.kernel.spawn(async () => {
      try {
        outcome = {
          response: await cloud.world.fetch(
            { method: 'GET', url, headers: { Authorization: `Bearer ${bearer}` } },
            from,
          ),
        };
      } catch (error) {
        outcome = { error };
      }
    });
    await cloud.kernel.run(cloud.kernel.now + 60_000, () => outcome !== undefined);
    if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no answer');
    return outcome.response;
  };
  return { ...cloud, host, token, get };
}

describe('EKS access', () => {
  it('makes a role with AmazonEKSClusterAdminPolicy a master', async () => {
    const { call, world, token, get, requests } = adopted();
    await call('CreateAccessEntry', { clusterName: 'standby', principalArn: ADMIN });
    await call('AssociateAccessPolicy', {
      clusterName: 'standby',
      principalArn: ADMIN,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
      accessScope: { type: 'cluster' },
    });
    expect((await get(await token())).status).toBe(401);
    await pass(world, 3);
    expect((await get(await token())).status).toBe(200);
    expect(requests).toMatchObject([
      { method: 'GET', path: '/api/v1/pods', identity: { groups: ['system:masters', 'system:authenticated'] } },
    ]);
    expect(requests[0]?.query.get('limit')).toBe('5');
    expect(requests[0]?.identity.username).toBe('arn:aws:sts::111122223333:assumed-role/restorer/ASIAADMIN');
  });

  it('keeps other policies to their groups and namespaces', async () => {
    const { eks, token, get, requests } = adopted();
    const entry = eks.resources['AWS::EKS::AccessEntry'];
    const policy = (name: string, AccessScope: unknown) => ({
      PolicyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
      AccessScope,
    });
    entry?.(
      {
        ClusterName: 'standby',
        PrincipalArn: ADMIN,
        KubernetesGroups: ['ops'],
        AccessPolicies: [
          policy('AmazonEKSAdminViewPolicy', { Type: 'cluster' }),
          policy('AmazonEKSEditPolicy', { Type: 'namespace', Namespaces: ['shop'] }),
        ],
      },
      templatePlace(REGION, 'Entry'),
    );
    await get(await token());
    expect(requests[0]?.identity.groups).toEqual(['ops', 'eks:admin-view', 'eks:edit/shop', 'system:authenticated']);
  });

  it('refuses whom it does not know, and tokens that are old, of another cluster or wrongly signed', async () => {
    const { eks, kernel, token, get } = adopted();
    expect((await get(await token())).status).toBe(401);
    const policies = [
      { PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy', AccessScope: { Type: 'cluster' } },
    ];
    eks.resources['AWS::EKS::AccessEntry']?.(
      { ClusterName: 'standby', PrincipalArn: ADMIN, AccessPolicies: policies },
      templatePlace(REGION, 'Entry'),
    );
    expect((await get(await token())).status).toBe(200);
    expect((await get(await token('standby', REGION, kernel.now - 16 * 60_000))).status).toBe(401);
    expect((await get(await token('primary'))).status).toBe(401);
    expect((await get(await token('standby', REGION, kernel.now, 'guessed'))).status).toBe(401);
    expect((await get('nonsense')).status).toBe(401);
  });

  it('cannot verify a token of an STS endpoint that it does not reach', async () => {
    const { eks, world, token, get } = adopted();
    eks.resources['AWS::EKS::AccessEntry']?.(
      { ClusterName: 'standby', PrincipalArn: ADMIN },
      templatePlace(REGION, 'Entry'),
    );
    const bearer = await token('standby', 'us-west-2');
    expect((await get(bearer)).status).toBe(200);
    world.network.lose('us-west-2');
    expect((await get(bearer)).status).toBe(401);
  });

  it('does not answer when its region is lost, and starts again when it returns', async () => {
    const { world, token, get, runs } = adopted();
    const { endpoint } = (await ask(world, REGION, 'eks:DescribeCluster', { name: 'standby' })).cluster;
    world.network.lose(REGION);
    expect(world.hosts.has(new URL(endpoint).hostname)).toBe(true);
    await expect(get(await token())).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    world.network.restore(REGION);
    expect(runs).toEqual(['start', 'stop', 'start']);
  });

  it('is unavailable while its service has a fault', async () => {
    const { world, token, get } = adopted();
    const bearer = await token();
    const end = world.faults.add({ kind: 'error', service: 'eks', operations: ['KubernetesApi'], probability: 1 });
    expect((await get(bearer)).status).toBe(503);
    end();
    expect((await get(bearer)).status).toBe(401);
  });
});

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

describe('ECR', () => {
  it('copies what is pushed after the rule was made, to the other region only', async () => {
    const { ecr, world } = cloudWithEks();
    const reference = (region: string, tag: string) => `111122223333.dkr.ecr.${region}.amazonaws.com/shop/web:${tag}`;
    ecr.push('us-west-2', 'shop/web', 'before');
    const Rules = [
      {
        Destinations: [{ Region: REGION, RegistryId: '111122223333' }],
        RepositoryFilters: [{ Filter: 'shop/', FilterType: 'PREFIX_MATCH' }],
      },
    ];
    ecr.resources['AWS::ECR::ReplicationConfiguration']?.(
      { ReplicationConfiguration: { Rules } },
      templatePlace('us-west-2', 'Copies'),
    );
    const digest = ecr.push('us-west-2', 'shop/web', 'after');
    await pass(world, 119);
    expect(ecr.has(reference(REGION, 'after'))).toBe(false);
    await pass(world, 1);
    expect(['before', 'after'].map((tag) => ecr.has(reference(REGION, tag)))).toEqual([false, true]);
    expect(ecr.has(`111122223333.dkr.ecr.${REGION}.amazonaws.com/shop/web@${digest}`)).toBe(true);
    const described = (tag: string) =>
      ask(world, REGION, 'ecr:DescribeImages', { repositoryName: 'shop/web', imageIds: [{ imageTag: tag }] });
    expect((await described('after')).imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['after'] }]);
    await expect(described('before')).rejects.toMatchObject({ name: 'ImageNotFoundException' });
    await expect(ask(world, REGION, 'ecr:DescribeImages', { repositoryName: 'none' })).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });
});
