import { eksToken } from '../../../src/gateways/aws/eks-token.ts';
import { Ec2 } from '../../../src/rehearsal/cloud/ec2.ts';
import { Ecr } from '../../../src/rehearsal/cloud/ecr.ts';
import { Eks } from '../../../src/rehearsal/cloud/eks.ts';
import { ElasticLoadBalancing } from '../../../src/rehearsal/cloud/elasticloadbalancingv2.ts';
import { Iam } from '../../../src/rehearsal/cloud/iam.ts';
import type { HttpResponse } from '../../../src/rehearsal/cloud/world.ts';
import type { ApiRequest, ClusterHost } from '../../../src/rehearsal/cluster/host.ts';
import { ask, emptyWorld } from './data-cloud.ts';

export const REGION = 'us-east-2';
export const ADMIN = 'arn:aws:iam::111122223333:role/restorer';
const trusting = (Service: string) => ({
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
});

export function cloudWithEks() {
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
        install: (addOn, version) => void runs.push(`${addOn} ${version}`),
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

export function adopted() {
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
