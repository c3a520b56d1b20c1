import { describe, expect, it } from '@jest/globals';
import type { ManifestObject } from '../../src/plan/manifest-object.ts';
import { nameOf } from '../../src/plan/manifest-object.ts';
import { readManifests } from '../../src/plan/manifests.ts';
import { problemLine } from '../../src/plan/problem.ts';

const read = (...texts: string[]) =>
  readManifests(
    texts.map((text, index) => ({ file: `${'abc'[index]}.yaml`, text })),
    'shop/',
  );

function objectsOf(...texts: string[]): ManifestObject[] {
  const result = read(...texts);
  if ('problems' in result) throw new Error(result.problems.map(problemLine).join('\n'));
  return result.objects;
}

const namesOf = (...texts: string[]): string[] => objectsOf(...texts).map(nameOf);

function linesOf(...texts: string[]): string[] {
  const result = read(...texts);
  return 'problems' in result ? result.problems.map(problemLine) : [];
}

const configMap = (name: string, rest = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n${rest}`;

describe('reading manifests', () => {
  it('reads files of several documents, and passes over those that are empty', () => {
    const text = `# a comment\n---\n---\n${configMap('a')}---\n# nothing\n---\n${configMap('b')}...\n---\n`;
    expect(namesOf(text)).toEqual(['ConfigMap shop/a', 'ConfigMap shop/b']);
  });

  it('reads lists, lists in lists, typed lists whose items leave out their kind, and JSON', () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}\n- apiVersion: v1\n  kind: List\n  items: [{apiVersion: v1, kind: Secret, metadata: {name: t, namespace: shop}}]\n';
    const typed = JSON.stringify(
      { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ metadata: { name: 'web', namespace: 'shop' } }] },
      null,
      '\t',
    );
    expect(namesOf(list, typed)).toEqual(['Secret shop/s', 'Secret shop/t', 'Deployment shop/web']);
    expect(objectsOf(typed)[0]).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' });
  });

  it('takes an empty list as nothing', () => {
    expect(namesOf('apiVersion: v1\nkind: List\nitems: []\n', configMap('a'))).toEqual(['ConfigMap shop/a']);
  });

  it('reads Windows line ends, a byte-order mark, anchors and merge keys', () => {
    const text = `\uFEFF${configMap('a', 'data: &base { one: "1" }\n')}---\n${configMap('b', 'base: &base { one: "1" }\ndata: { <<: *base, two: "2" }\n')}`;
    expect(objectsOf(text.replaceAll('\n', '\r\n'))[1]?.data).toEqual({ one: '1', two: '2' });
  });

  it('reads file modes as Kubernetes does, in octal, and leaves yes, no and on as the text that they are', () => {
    const [object] = objectsOf(
      configMap('a', 'mode: 0644\nno: yes\non: off\nbig: 12345678901234\nhex: 0x1F\ndate: 2026-01-01\n'),
    );
    expect(object).toMatchObject({
      mode: 0o644,
      no: 'yes',
      on: 'off',
      big: 12345678901234,
      hex: 31,
      date: '2026-01-01',
    });
  });

  it('keeps very long strings whole', () => {
    const long = 'x'.repeat(300_000);
    expect(objectsOf(configMap('a', `data: { blob: ${long} }\n`))[0]?.data).toEqual({ blob: long });
  });

  it('takes away what the server set and keeps the rest, its status too', () => {
    const [object] = objectsOf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  uid: 6d0c
  resourceVersion: "12"
  generation: 4
  creationTimestamp: "2026-01-01T00:00:00Z"
  managedFields: [{ manager: kubectl }]
  ownerReferences: [{ apiVersion: example.com/v1, kind: App, name: web, uid: 7, controller: true }]
  finalizers: [example.com/keep]
  annotations: { deployment.kubernetes.io/revision: "4", team: web }
  labels: { app: web }
spec: { replicas: 2 }
status: { readyReplicas: 2 }
`);
    expect(object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'shop',
        finalizers: ['example.com/keep'],
        annotations: { team: 'web' },
        labels: { app: 'web' },
      },
      spec: { replicas: 2 },
      status: { readyReplicas: 2 },
    });
  });

  it('takes away addresses, nodes and volumes that the other cluster had chosen', () => {
    const [service, headless, pod, claim] = objectsOf(
      'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {clusterIP: 10.0.0.7, clusterIPs: [10.0.0.7], type: LoadBalancer}\n---\n' +
        'apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: shop}\nspec: {clusterIP: None}\n---\n' +
        'apiVersion: v1\nkind: Pod\nmetadata: {name: c, namespace: shop}\nspec: {nodeName: ip-10-0-0-1, containers: []}\n---\n' +
        'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d, namespace: shop, annotations: {pv.kubernetes.io/bind-completed: "yes", volume.kubernetes.io/selected-node: n}}\nspec: {volumeName: pvc-1, storageClassName: gp3}\n',
    );
    expect(service?.spec).toEqual({ type: 'LoadBalancer' });
    expect(headless?.spec).toEqual({ clusterIP: 'None' });
    expect(pod?.spec).toEqual({ containers: [] });
    expect(claim).toMatchObject({ spec: { storageClassName: 'gp3' } });
    expect(claim?.spec).not.toHaveProperty('volumeName');
    expect(claim?.metadata).not.toHaveProperty('annotations');
  });

  it('leaves out what a cluster or one of its controllers makes by itself, and says so', () => {
    const owned = (kind: string, name: string, owner: string, group = 'apps/v1') =>
      `apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop, ownerReferences: [{ apiVersion: ${group}, kind: ${owner.split('/')[0]}, name: ${owner.split('/')[1]}, controller: true, uid: u }] }\n---\n`;
    const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n---\n${owned('ReplicaSet', 'web-1', 'Deployment/web')}${owned('Pod', 'web-1-a', 'ReplicaSet/web-1')}${owned('Pod', 'lonely', 'ReplicaSet/gone')}apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-root-ca.crt, namespace: shop }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: kubernetes, namespace: default }\n`;
    const result = read(text);
    expect('objects' in result && result.objects.map(nameOf)).toEqual(['Deployment shop/web', 'Pod shop/lonely']);
    expect('said' in result && result.said).toEqual([
      'Left out what a cluster makes by itself: 1 ReplicaSet, 1 Pod, 1 Node, 1 ConfigMap, 1 Service.',
    ]);
  });

  it('puts what names no namespace into default, unless its kind has none', () => {
    const names = namesOf(
      [
        'v1 ConfigMap',
        'v1 Namespace',
        'rbac.authorization.k8s.io/v1 ClusterRole',
        'rbac.authorization.k8s.io/v1 Role',
        'storage.k8s.io/v1 StorageClass',
        'example.com/v1 Cut',
        'example.com/v1 Whole',
        'other.io/v1 Unheard',
      ]
        .map((kind) => `apiVersion: ${kind.split(' ')[0]}\nkind: ${kind.split(' ')[1]}\nmetadata: { name: x }\n---\n`)
        .join(''),
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: cuts.example.com }\nspec: { group: example.com, scope: Namespaced, names: { kind: Cut } }\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: wholes.example.com }\nspec: { group: example.com, scope: Cluster, names: { kind: Whole } }\n',
    );
    expect(names.slice(0, 8)).toEqual([
      'ConfigMap default/x',
      'Namespace x',
      'ClusterRole x',
      'Role default/x',
      'StorageClass x',
      'Cut default/x',
      'Whole x',
      'Unheard x',
    ]);
  });

  it('takes an object given twice once, whatever the order of its fields and however its status has moved on', () => {
    expect(
      namesOf(
        configMap('a', 'data: { x: "1", y: "2" }\n'),
        configMap('a', 'data: { y: "2", x: "1" }\nstatus: { seen: 1 }\n'),
      ),
    ).toEqual(['ConfigMap shop/a']);
  });

  it('refuses two different objects of one name', () => {
    expect(linesOf(configMap('a', 'data: { x: "1" }\n'), `---\n${configMap('a', 'data: { x: "2" }\n')}`)).toEqual([
      'b.yaml:2: found ConfigMap shop/a again, and different from a.yaml:1, allowed: each object once',
    ]);
  });

  it.each([
    ['text that is no YAML', 'apiVersion: v1\nkind: [\n', 'a.yaml:3: found text that is not YAML'],
    ['a tab', 'apiVersion: v1\nmetadata:\n\tname: x\n', 'a.yaml:3: found text that is not YAML'],
    ['a template', 'apiVersion: v1\nkind: {{ .Kind }}\n', 'a.yaml:2: found text that is not YAML'],
    [
      'a key given twice',
      `${configMap('a')}kind: Secret\n`,
      'a.yaml:4: found the field kind twice, allowed: each field once',
    ],
    [
      'no kind',
      'apiVersion: v1\nmetadata: { name: x }\n',
      'a.yaml:1: kind: found nothing, allowed: a kind such as Deployment',
    ],
    [
      'no apiVersion',
      'kind: Secret\nmetadata: { name: x }\n',
      'a.yaml:1: apiVersion: found nothing, allowed: an API version such as apps/v1',
    ],
    [
      'no name',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  generateName: x-\n',
      'a.yaml:3: metadata.name: found nothing, allowed: the name of the object',
    ],
    [
      'a name that is a number',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: 007 }\n',
      'a.yaml:3: metadata.name: found 7, allowed: text; write it in quotes: "7"',
    ],
    [
      'a label that is a number',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: x, labels: { v: 1.0 } }\n',
      'a.yaml:3: metadata.labels.v: found 1, allowed: text; write it in quotes: "1"',
    ],
    [
      'a bad namespace',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: x, namespace: A_b }\n',
      'metadata.namespace: found "A_b", allowed: a Kubernetes namespace',
    ],
    [
      'a name with a slash',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a/b }\n',
      'metadata.name: found "a/b", allowed: the name',
    ],
    ['a scalar', 'just text\n', 'a.yaml:1: found "just text", allowed: a Kubernetes object'],
    ['a list of objects', '\n- kind: Secret\n', 'a.yaml:2: found a list, allowed: a Kubernetes object'],
    [
      'an item of a list',
      'apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  metadata: { name: x }\n- 7\n',
      'a.yaml:4: items.0.apiVersion: found nothing',
    ],
    [
      'an item in JSON',
      '{ "apiVersion": "v1", "kind": "List",\n"items": [\n{ "kind": "Secret", "metadata": {} } ] }',
      'a.yaml:3: items.0.apiVersion: found nothing',
    ],
    ['UTF-16', '\uFFFD\uFFFDa\0p\0i\0', 'a.yaml:1: found text that is not UTF-8'],
    ['an alias of nothing', 'apiVersion: *v\n', 'a.yaml:1: found text that'],
  ])('tells file and line of %s', (_, text, line) => {
    expect(linesOf(text)[0]).toContain(line);
  });

  it('tells the problems of every file at once', () => {
    expect(linesOf('kind: [', configMap('ok'), 'apiVersion: v1\nkind: Secret\n')).toHaveLength(2);
  });

  it.each([
    ['no files', []],
    ['files without objects', ['# nothing\n---\n', 'apiVersion: v1\nkind: List\nitems: []\n']],
  ])('refuses %s', (_, texts) => {
    expect(linesOf(...texts)).toEqual([
      'shop/: found no objects, allowed: at least one Kubernetes object, in .yaml, .yml or .json files',
    ]);
  });

  it('refuses what has nothing but a cluster’s own objects', () => {
    expect(linesOf('apiVersion: v1\nkind: Node\nmetadata: { name: n }\n')[0]).toContain(
      'found only objects that a cluster makes by itself',
    );
  });
});
