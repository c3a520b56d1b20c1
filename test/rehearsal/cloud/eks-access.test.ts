import { describe, expect, it } from '@jest/globals';
import { ask, pass, templatePlace } from './data-cloud.ts';
import { ADMIN, adopted, REGION } from './eks-cloud.ts';

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
