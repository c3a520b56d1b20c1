import { inside, listOf, type ManifestObject, nameOf, textOf } from './manifest-object.ts';

/** The class that the AWS Load Balancer Controller's chart makes. https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/ */
const ALB = { name: 'alb', controller: 'ingress.k8s.aws/alb' };
/** The volumes of EKS. https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html */
const EBS_PROVISIONER = 'ebs.csi.aws.com';

/**
 * With the classes that the manifests name and do not have: they have no namespace, so that an export of namespaces
 * lacks them. `said` tells each, and who names it.
 */
export function withAssumedClasses(objects: readonly ManifestObject[]): { objects: ManifestObject[]; said: string[] } {
  const there = new Set(objects.map((object) => `${object.kind}/${object.metadata.name}`));
  // Volumes made by hand are matched by a class that need not exist: nobody makes more of them.
  for (const { kind, spec } of objects)
    if (kind === 'PersistentVolume') there.add(`StorageClass/${inside(spec, 'storageClassName')}`);
  const assumed = new Map<string, ManifestObject>();
  const said: string[] = [];
  for (const object of objects) {
    for (const made of classesNamed(object)) {
      const key = `${made.kind}/${made.metadata.name}`;
      if (there.has(key) || assumed.has(key)) continue;
      assumed.set(key, made);
      const by = made.provisioner ?? inside(made, 'spec', 'controller');
      said.push(
        `${nameOf(made)} is taken to be one of ${by}: ${nameOf(object)} names it, the manifests do not have it.`,
      );
    }
  }
  return { objects: [...assumed.values(), ...objects], said };
}

function classesNamed(object: ManifestObject): ManifestObject[] {
  switch (object.kind) {
    case 'Ingress':
      return inside(object, 'spec', 'ingressClassName') === ALB.name ? [albClass()] : [];
    case 'PersistentVolumeClaim':
      return storageClass(inside(object, 'spec', 'storageClassName'));
    case 'StatefulSet':
      return listOf(inside(object, 'spec', 'volumeClaimTemplates')).flatMap((claim) =>
        storageClass(inside(claim, 'spec', 'storageClassName')),
      );
    default:
      return [];
  }
}

const albClass = (): ManifestObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: ALB.name },
  spec: { controller: ALB.controller },
});

/** An empty name means no class. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1 */
function storageClass(named: unknown): ManifestObject[] {
  const name = textOf(named);
  if (name === undefined || name === '') return [];
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: EBS_PROVISIONER,
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ];
}
