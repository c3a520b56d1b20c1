import { describe, expect, it } from '@jest/globals';
import { deployment, podSpec, Rig, service } from '../rig.ts';

const http = podSpec(
  {},
  {
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/ready?x=1', port: 8080 }, initialDelaySeconds: 20 },
  },
);
const get = (path: string, host = 'web') => ({ method: 'GET', path, host });

describe('a Service', () => {
  it('has the addresses of the ready pods as endpoints, and of the others apart', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(service('web', { ports: [{ port: 80, targetPort: 'http' }] }), deployment('web', { replicas: 2 }, http));
    await rig.pass(19);
    const before = rig.get('endpoints', 'web', 'default').subsets[0];
    expect([before.addresses, before.notReadyAddresses.length]).toEqual([undefined, 2]);
    await rig.pass(60);
    const [subset] = rig.get('endpoints', 'web', 'default').subsets;
    expect(subset).toMatchObject({ ports: [{ port: 8080, protocol: 'TCP' }] });
    expect(subset.addresses.map((each: { ip: string }) => each.ip)).toEqual(
      rig.pods().map((each) => each.status.podIP),
    );
    const [slice] = rig.cluster.store.list('endpointslices.discovery.k8s.io', {
      labelSelector: 'kubernetes.io/service-name=web',
    });
    expect(slice?.endpoints).toHaveLength(2);
  });

  it('drops a pod from its endpoints as soon as it is to be deleted', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(service('web'), deployment('web', { replicas: 2 }));
    await rig.pass(60);
    rig.request('DELETE', `/api/v1/namespaces/default/pods/${rig.pods()[0]?.metadata.name}`);
    await rig.pass(0);
    expect(rig.get('endpoints', 'web', 'default').subsets[0].addresses).toHaveLength(1);
  });

  it('routes HTTP to ready pods, and answers 503 when there is none', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(service('web'), deployment('web', { replicas: 2 }, http));
    const serve = rig.cluster.serve('default', 'web');
    expect(serve(get('/')).status).toBe(503);
    await rig.pass(60);
    expect([serve(get('/')).status, serve(get('/ready')).status, serve(get('/other')).status]).toEqual([200, 200, 404]);
    expect(rig.cluster.serve('default', 'web', 9999)(get('/')).status).toBe(503);
    rig.patch('/apis/apps/v1/namespaces/default/deployments/web', { spec: { replicas: 0 } });
    await rig.pass(60);
    expect(serve(get('/')).status).toBe(503);
  });

  it('is reached through the API server as well', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(service('web'), deployment('web'));
    const path = '/api/v1/namespaces/default/services/http:web:80/proxy/health';
    expect(rig.request('GET', path)).toMatchObject({ status: 503, body: { reason: 'ServiceUnavailable' } });
    await rig.pass(60);
    expect(rig.request('GET', path)).toEqual({ status: 200, body: 'ok' });
  });

  it('serves the metrics that the pod and its configuration name, and no others', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'rules', namespace: 'default' },
        data: { rules: 'rate(builds_total[5m]) > 1' },
      },
      service('web'),
      deployment(
        'web',
        {},
        podSpec(
          { volumes: [{ name: 'r', configMap: { name: 'rules' } }] },
          { env: [{ name: 'HISTOGRAM', value: 'build_duration_seconds' }] },
        ),
      ),
    );
    await rig.pass(60);
    const { body } = rig.cluster.serve('default', 'web')(get('/metrics'));
    expect(body.split('\n')).toEqual(['up 1', 'build_duration_seconds 1', 'builds_total 1', '']);
  });

  it('of type LoadBalancer gets an address once the cloud has made one', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.balancersExist = false;
    rig.create(service('web', { type: 'LoadBalancer' }), deployment('web'));
    await rig.pass(60);
    expect(rig.get('services', 'web', 'default').status.loadBalancer).toEqual({});
    rig.balancersExist = true;
    await rig.pass(300);
    expect(rig.get('services', 'web', 'default').status.loadBalancer.ingress).toEqual([
      { hostname: 'web.elb.us-east-1.amazonaws.com' },
    ]);
    expect(rig.loadBalancers.get('Service/default/web')?.(get('/')).status).toBe(200);
  });

  it('with a load balancer class that nobody serves stays without', async () => {
    const rig = new Rig();
    rig.create(service('web', { type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb' }));
    await rig.pass(600);
    expect(rig.loadBalancers.size).toBe(0);
  });
});

describe('an Ingress', () => {
  const ingress = (ingressClassName: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'edge', namespace: 'default' },
    spec: {
      ingressClassName,
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    },
  });
  const ingressClass = (name: string, controller: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name },
    spec: { controller },
  });

  it('of the cluster’s own class gets a load balancer that routes by host and path', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(ingressClass('alb', 'ingress.k8s.aws/alb'), service('web'), deployment('web'), ingress('alb'));
    await rig.pass(60);
    const serve = rig.loadBalancers.get('Ingress/default/edge');
    expect([serve?.(get('/health', 'shop.example.com')).status, serve?.(get('/health', 'other')).status]).toEqual([
      200, 404,
    ]);
  });

  it('of a class that another controller serves gets none', async () => {
    const rig = new Rig();
    rig.create(ingressClass('alb', 'ingress.k8s.aws/alb'), ingress('alb'));
    await rig.pass(60);
    expect(rig.loadBalancers.size).toBe(0);
  });
});

describe('a TargetGroupBinding', () => {
  const binding = (apiVersion: string) => ({
    apiVersion,
    kind: 'TargetGroupBinding',
    metadata: { name: 'web', namespace: 'default' },
    spec: { serviceRef: { name: 'web', port: 80 }, targetGroupARN: 'arn:tg-web', targetType: 'ip' },
  });

  it('keeps the ready pods registered, and nothing after it is gone', async () => {
    const rig = new Rig();
    rig.create(service('web'), deployment('web', { replicas: 2 }), binding('eks.amazonaws.com/v1'));
    await rig.pass(1);
    expect(rig.targets.get('arn:tg-web')).toEqual([]);
    await rig.pass(200);
    const targets = rig.targets.get('arn:tg-web') ?? [];
    expect(targets.map(({ ip, port }) => `${ip}:${port}`)).toEqual(
      rig.pods().map((each) => `${each.status.podIP}:8080`),
    );
    expect(targets[0]?.serve(get('/')).status).toBe(200);
    rig.request('DELETE', '/apis/eks.amazonaws.com/v1/namespaces/default/targetgroupbindings/web');
    await rig.pass(1);
    expect(rig.targets.get('arn:tg-web')).toEqual([]);
  });

  it('of the load balancer controller’s group is unknown where Auto Mode brings its own', () => {
    expect(() => new Rig().create(binding('elbv2.k8s.aws/v1beta1'))).toThrow('could not find the requested resource');
  });
});
