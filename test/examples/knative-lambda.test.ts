import { describe, expect, it } from '@jest/globals';
import { adaptPlan } from '../../src/plan/adapt.ts';
import { backendsOf } from '../../src/plan/found-entry-points.ts';
import { groupOf, inside, listOf, type ManifestObject, nameOf } from '../../src/plan/manifest-object.ts';
import { protectedNamespaces } from '../../src/plan/places.ts';
import { manifestsOf, planIn } from './example-files.ts';

const { plan, input } = planIn('lifeboat.yaml');
const objects = manifestsOf('knative-lambda');
const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const workloads = objects.filter((object) => WORKLOAD_KINDS.includes(object.kind));

const find = (kind: string, namespace: string | undefined, name: unknown): ManifestObject | undefined =>
  objects.find((one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name);

const podOf = (object: ManifestObject): unknown =>
  object.kind === 'CronJob'
    ? inside(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
    : inside(object, 'spec', 'template', 'spec');

const containersOf = (object: ManifestObject): unknown[] =>
  ['initContainers', 'containers'].flatMap((list) => listOf(inside(podOf(object), list)));

describe('the example platform', () => {
  it('is of the size and variety that people have', () => {
    const byKind = Map.groupBy(objects, (object) => object.kind);
    expect(objects.length).toBeGreaterThanOrEqual(220);
    expect(byKind.size).toBeGreaterThanOrEqual(25);
    for (const [kind, ofKind] of byKind) expect([kind, ofKind.length / objects.length <= 0.2]).toEqual([kind, true]);
  });

  it('has every namespace that the plan protects', () => {
    for (const namespace of protectedNamespaces(plan)) {
      expect(find('Namespace', undefined, namespace)).toBeDefined();
      expect(objects.some((object) => object.metadata.namespace === namespace)).toBe(true);
    }
  });

  it('has the Service or Ingress of every entry point, with the ports that the plan names', () => {
    for (const { target, backends } of plan.entryPoints) {
      const object = find(target.kind, target.namespace, target.name);
      expect(object && backendsOf(object, objects).sort((a, b) => a.path.localeCompare(b.path))).toEqual(
        backends.toSorted((a, b) => a.path.localeCompare(b.path)),
      );
      for (const { service, port } of backends) {
        const ports = listOf(inside(find('Service', target.namespace, service), 'spec', 'ports'));
        expect(ports.map((one) => inside(one, 'port'))).toContain(port);
      }
    }
    expect(find('Service', 'knative-lambda', 'knative-lambda-builder')?.spec).toMatchObject({ type: 'LoadBalancer' });
  });

  it('is what the plan is for: adapting the plan to it changes nothing', () => {
    expect(adaptPlan(input, objects).input).toEqual(input);
  });

  it('runs RabbitMQ as three nodes with a volume each, where the plan’s hooks find them', () => {
    const [hook] = plan.workloads.find((workload) => workload.name === 'rabbitmq')?.hooks ?? [];
    const rabbitmq = find('StatefulSet', 'rabbitmq-system', 'rabbitmq');
    expect(rabbitmq?.spec).toMatchObject({
      replicas: 3,
      volumeClaimTemplates: [{ spec: { storageClassName: 'gp3' } }],
    });
    expect(inside(rabbitmq, 'spec', 'template', 'metadata', 'labels')).toMatchObject(hook?.selector ?? {});
    expect(rabbitmq && containersOf(rabbitmq).map((container) => inside(container, 'name'))).toContain(hook?.container);
  });

  it('pulls the platform’s own images from the primary’s registry, from repositories that the plan has copied', () => {
    const own = JSON.stringify(objects).match(/\d+\.dkr\.ecr\.[^"]+:[^"]+/g) ?? [];
    expect(own.length).toBeGreaterThan(15);
    for (const image of own) {
      expect(image).toMatch(/^111122223333\.dkr\.ecr\.us-west-2\.amazonaws\.com\/knative-lambda\//);
      expect(plan.stores.images.repositories).toContain('knative-lambda/');
    }
  });

  it('hangs together: what pods mount, read and run as is there', () => {
    for (const object of workloads) {
      const { namespace } = object.metadata;
      const pod = podOf(object);
      const account = inside(pod, 'serviceAccountName');
      if (account)
        expect([nameOf(object), account, find('ServiceAccount', namespace, account)?.kind]).toEqual([
          nameOf(object),
          account,
          'ServiceAccount',
        ]);
      const priority = inside(pod, 'priorityClassName');
      if (priority && !String(priority).startsWith('system-'))
        expect(find('PriorityClass', undefined, priority)).toBeDefined();
      const wanted = [
        ...listOf(inside(pod, 'volumes')).flatMap((volume) => [
          ['ConfigMap', inside(volume, 'configMap', 'name')],
          ['Secret', inside(volume, 'secret', 'optional') ? undefined : inside(volume, 'secret', 'secretName')],
          ['PersistentVolumeClaim', inside(volume, 'persistentVolumeClaim', 'claimName')],
        ]),
        ...containersOf(object).flatMap((container) => [
          ...listOf(inside(container, 'envFrom')).flatMap((source) => [
            ['ConfigMap', inside(source, 'configMapRef', 'name')],
            ['Secret', inside(source, 'secretRef', 'name')],
          ]),
          ...listOf(inside(container, 'env')).map((variable) => [
            'Secret',
            inside(variable, 'valueFrom', 'secretKeyRef', 'name'),
          ]),
        ]),
      ].filter(([, name]) => name !== undefined);
      for (const [kind, name] of wanted)
        expect([nameOf(object), kind, name, find(String(kind), namespace, name)?.kind]).toEqual([
          nameOf(object),
          kind,
          name,
          kind,
        ]);
    }
  });

  it('hangs together: bindings have their roles, selectors their pods, claims their classes, objects their kinds', () => {
    for (const object of objects) {
      const { namespace } = object.metadata;
      const role = inside(object, 'roleRef');
      if (role) {
        const kind = String(inside(role, 'kind'));
        expect([
          nameOf(object),
          find(kind, kind === 'Role' ? namespace : undefined, inside(role, 'name'))?.kind,
        ]).toEqual([nameOf(object), kind]);
      }
      if (object.kind === 'Service' && groupOf(object) === '') {
        const selector = Object.entries(inside(object, 'spec', 'selector') ?? {});
        const selected = workloads.filter(
          (one) =>
            one.metadata.namespace === namespace &&
            selector.every(([key, value]) => inside(one, 'spec', 'template', 'metadata', 'labels', key) === value),
        );
        expect([nameOf(object), selected.length > 0]).toEqual([nameOf(object), true]);
      }
      const scaled = inside(object, 'spec', 'scaleTargetRef', 'name');
      if (scaled)
        expect([nameOf(object), find('Deployment', namespace, scaled)?.kind]).toEqual([nameOf(object), 'Deployment']);
      const storageClass = inside(object, 'spec', 'storageClassName');
      if (storageClass) expect(find('StorageClass', undefined, storageClass)).toBeDefined();
      if (/knative\.dev$|rabbitmq\.com$|coreos\.com$/.test(groupOf(object))) {
        const defined = objects.some(
          (one) =>
            one.kind === 'CustomResourceDefinition' &&
            inside(one, 'spec', 'group') === groupOf(object) &&
            inside(one, 'spec', 'names', 'kind') === object.kind,
        );
        expect([nameOf(object), defined]).toEqual([nameOf(object), true]);
      }
    }
  });
});
