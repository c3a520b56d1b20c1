import { describe, expect, it } from '@jest/globals';
import { adaptPlan } from '../../src/plan/adapt.ts';
import type { ManifestObject } from '../../src/plan/manifest-object.ts';
import { readManifests } from '../../src/plan/manifests.ts';
import { parsePlanInput } from '../../src/plan/parse.ts';
import { problemLine } from '../../src/plan/problem.ts';
import type { PlanInput } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from './small-plan.ts';

const small = planOf(SMALL_PLAN).input;

function manifests(text: string): ManifestObject[] {
  const read = readManifests([{ file: 'all.yaml', text }]);
  if ('problems' in read) throw new Error(read.problems.map(problemLine).join('\n'));
  return read.objects;
}

const problemsOf = (input: PlanInput): string[] => {
  const parsed = parsePlanInput(input, 'adapted');
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
};

function adapted(text: string, input = small): { input: PlanInput; said: string[] } {
  const result = adaptPlan(input, manifests(text));
  expect(problemsOf(result.input)).toEqual([]);
  return result;
}

const object = (kind: string, namespace: string, name: string, rest = '') => {
  const version = { Deployment: 'apps/v1', Ingress: 'networking.k8s.io/v1' }[kind] ?? 'v1';
  return `---\napiVersion: ${version}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\n${rest}`;
};

const OWN = [
  object('Service', 'orders', 'orders', 'spec: { type: LoadBalancer, ports: [{ port: 8080 }] }\n'),
  object('Ingress', 'wiki', 'wiki', 'spec: {}\n'),
  object('Deployment', 'ingress', 'controller'),
].join('');

const WEB = [
  object(
    'Deployment',
    'blog',
    'web',
    'spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, readinessProbe: { httpGet: { path: /ready, port: 80 } } }] } } }\n',
  ),
  object(
    'Service',
    'blog',
    'web',
    'spec: { type: LoadBalancer, selector: { app: web }, ports: [{ name: metrics, port: 9090 }, { name: http, port: 80 }] }\n',
  ),
].join('');

describe('adapting the plan to other manifests', () => {
  it('leaves the plan as it is when the manifests are its own', () => {
    expect(adapted(OWN)).toEqual({ input: small, said: [] });
  });

  it('drops workloads, platform components, tiers, entry points, checks and schedules that the manifests do not have', () => {
    const { input, said } = adapted(object('Ingress', 'wiki', 'wiki', 'spec: {}\n'));
    expect(input.tiers.map((tier) => tier.name)).toEqual(['normal']);
    expect(input.workloads.map((workload) => workload.name)).toEqual(['wiki']);
    expect(input.platform).toEqual([]);
    expect(input.entryPoints?.map((entryPoint) => entryPoint.name)).toEqual(['wiki']);
    expect(input.stores.backups.schedules.map((schedule) => schedule.name)).toEqual(['normal-2h', 'daily']);
    expect(said).toEqual([
      'Platform component ingress is left out: the manifests have nothing in ingress.',
      'Workload orders is left out: the manifests have nothing in orders.',
      'Entry point orders is left out: the manifests have no Service orders/orders.',
      'Tier critical is left out: no workload of it is left.',
      'Schedule critical-5m is left out: nothing that it covers is left.',
    ]);
  });

  it('gives namespaces that it finds tier normal, the schedule of that tier, and an entry point with its check', () => {
    const { input, said } = adapted(OWN + WEB);
    expect(input.workloads.at(-1)).toEqual({
      name: 'blog',
      tier: 'normal',
      namespaces: ['blog'],
      checks: [{ kind: 'http', entryPoint: 'web', path: '/ready' }],
    });
    expect(input.entryPoints?.at(-1)).toEqual({
      name: 'web',
      tier: 'normal',
      host: 'web.example.com',
      primary: 'web.elb.us-west-2.amazonaws.com',
      target: { kind: 'Service', namespace: 'blog', name: 'web' },
      backends: [{ path: '/', service: 'web', port: 80 }],
      health: '/ready',
    });
    expect(input.stores.backups.schedules[1]).toEqual({
      name: 'normal-2h',
      every: '2h',
      namespaces: ['wiki', 'blog'],
      keep: '7d',
    });
    expect(said).toEqual([
      'Namespace blog is protected as workload blog, of tier normal.',
      'Entry point web is added for Service blog/web: web.example.com, of tier normal.',
      'Schedule normal-2h also covers blog.',
    ]);
  });

  it('makes tier normal, and a schedule that keeps its RPO, where the plan has none', () => {
    const input = planOf(
      SMALL_PLAN.replace('  - { name: normal, rto: 2h, rpo: 4h }\n', '')
        .replace('{ name: wiki, tier: normal,', '{ name: wiki, tier: critical,')
        .replace('name: wiki\n    tier: normal', 'name: wiki\n    tier: critical'),
    ).input;
    const result = adapted(OWN + WEB, input);
    expect(result.input.tiers.at(-1)).toEqual({ name: 'normal', rto: '8h', rpo: '4h' });
    expect(result.input.stores.backups.schedules.at(-1)).toEqual({
      name: 'normal-2h-2',
      every: '2h',
      namespaces: ['blog'],
      keep: '7d',
    });
    expect(result.said).toContain('Tier normal is added: rto 8h, rpo 4h.');
  });

  it.each([
    ['5m', '2m'],
    ['1m', '1m'],
    ['0s', '1m'],
    ['3h', '1h'],
    ['30d', '1d'],
  ])('backs up what it found, for an RPO of %s, every %s', (rpo, every) => {
    const input = planOf(
      SMALL_PLAN.replace('rpo: 4h', `rpo: ${rpo}`)
        .replace('every: 2h, namespaces: [wiki]', 'every: 12h, namespaces: [wiki, orders]')
        .replace('cron: 0 2 * * *', 'cron: 0 2 * * 1'),
    ).input;
    const schedules = adapted(OWN + WEB, input).input.stores.backups.schedules;
    if (rpo === '30d') expect(schedules).toHaveLength(3);
    else expect(schedules.at(-1)).toMatchObject({ name: `normal-${every}`, every, namespaces: ['wiki', 'blog'] });
  });

  it('gives the platform a schedule with the tier that is now the first', () => {
    const { input, said } = adapted(
      object('Deployment', 'ingress', 'controller') + object('Deployment', 'wiki', 'wiki'),
    );
    expect(input.tiers.map((tier) => tier.name)).toEqual(['normal']);
    expect(input.stores.backups.schedules[1]).toMatchObject({ name: 'normal-2h', namespaces: ['wiki', 'ingress'] });
    expect(said).toContain('Schedule normal-2h also covers ingress.');
  });

  it('takes hosts, ports, paths and addresses from an exported Ingress', () => {
    const text = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: front.door
  namespace: blog
  annotations: { alb.ingress.kubernetes.io/healthcheck-path: /up }
spec:
  defaultBackend: { service: { name: web, port: { name: http } } }
  rules:
    - host: blog.example.org
      http: { paths: [{ path: /api/*, pathType: ImplementationSpecific, backend: { service: { name: api, port: { number: 8080 } } } }] }
    - host: Blog.example.com
      http: { paths: [{ path: /x, backend: { service: { name: none, port: { name: use-annotation } } } }] }
status: { loadBalancer: { ingress: [{ hostname: k8s-blog-1.us-west-2.elb.amazonaws.com }] } }
`;
    const { input, said } = adapted(WEB.replace('type: LoadBalancer, ', '') + text);
    expect(input.entryPoints).toEqual([
      {
        name: 'front-door',
        tier: 'normal',
        host: 'blog.example.com',
        primary: 'k8s-blog-1.us-west-2.elb.amazonaws.com',
        target: { kind: 'Ingress', namespace: 'blog', name: 'front.door' },
        backends: [
          { path: '/api/', service: 'api', port: 8080 },
          { path: '/', service: 'web', port: 80 },
        ],
        health: '/up',
      },
    ]);
    expect(said).toContain('Ingress blog/front.door has 2 hosts: its entry point is for one, with the paths of all.');
  });

  it('says which load balancers lead nowhere that it knows', () => {
    const { said } = adapted(
      object('Service', 'blog', 'dns', 'spec: { type: LoadBalancer, ports: [{ port: 53, protocol: UDP }] }\n') +
        object('Service', 'kube-system', 'proxy', 'spec: { type: LoadBalancer, ports: [{ port: 80 }] }\n'),
    );
    expect(said).toContain('Service blog/dns gets no entry point: it leads to no port of a Service that is known.');
    expect(said).toContain('Service kube-system/proxy gets no entry point: its namespace is not protected.');
    expect(said).toContain('Not protected, since each cluster has its own: kube-system.');
  });

  it('goes on with default where there is no namespace at all', () => {
    const { input, said } = adapted(
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\n',
    );
    expect(input.workloads).toEqual([{ name: 'default', tier: 'normal', namespaces: ['default'] }]);
    expect(said).toContain("The manifests have no workload's namespace: default, which every cluster has, stands in.");
  });

  it('has the images copied that the manifests take from the primary’s own registry', () => {
    const images = [
      '111122223333.dkr.ecr.us-west-2.amazonaws.com/team/web:1',
      '111122223333.dkr.ecr.us-west-2.amazonaws.com/solo@sha256:00',
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/far/web:1',
      'docker.io/library/nginx:1',
    ]
      .map((image, index) => `{ name: c${index}, image: '${image}' }`)
      .join(', ');
    const { input, said } = adapted(
      object('Deployment', 'blog', 'web', `spec: { template: { spec: { containers: [${images}] } } }\n`),
    );
    expect(input.stores.images).toEqual({ repositories: ['solo', 'team/'] });
    expect(said).toContain('Images are copied to the standby from repositories that begin with solo, team/ too.');
  });

  it('forgets expected replicas of what is not there', () => {
    const input = planOf(
      SMALL_PLAN.replace(
        'namespaces: [wiki] }',
        'namespaces: [wiki], replicas: { Deployment/a: 2, Deployment/b: 3 } }',
      ),
    ).input;
    const result = adapted(OWN + object('Deployment', 'wiki', 'b'), input);
    expect(result.input.workloads[1]?.replicas).toEqual({ 'Deployment/b': 3 });
    expect(result.said).toEqual(['Workload wiki expects no replicas of Deployment/a: the manifests do not have it.']);
  });

  it('makes names that the plan allows and that are free', () => {
    const long = 'a-namespace-with-a-very-long-name';
    const { input } = adapted(
      [`${long}-1`, `${long}-2`, '7up', 'orders']
        .map((namespace) =>
          object('Service', namespace, 'orders', 'spec: { type: LoadBalancer, ports: [{ port: 80 }] }\n'),
        )
        .join(''),
    );
    expect(input.workloads.map((workload) => workload.name)).toEqual([
      'orders',
      'a-namespace-with-a-very',
      'a-namespace-with-a-ver-2',
      'n7up',
    ]);
    expect(input.entryPoints?.map((entryPoint) => entryPoint.name)).toEqual([
      'orders',
      'orders-2',
      'orders-3',
      'orders-4',
    ]);
  });
});
