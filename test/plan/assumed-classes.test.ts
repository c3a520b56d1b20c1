import { describe, expect, it } from '@jest/globals';
import { withAssumedClasses } from '../../src/plan/assumed-classes.ts';
import type { ManifestObject } from '../../src/plan/manifest-object.ts';

const ingress = (ingressClassName: string): ManifestObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { ingressClassName },
});
const claim = (storageClassName: string | undefined): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
  spec: { storageClassName },
});
const kindsOf = (objects: ManifestObject[]) => withAssumedClasses(objects).objects.map(({ kind }) => kind);

describe('classes that an export of namespaces lacks', () => {
  it("are taken to be EKS's own, once each, and that is said", () => {
    const { objects, said } = withAssumedClasses([ingress('alb'), ingress('alb'), claim('gp3')]);
    expect(objects.slice(0, 2)).toMatchObject([
      { kind: 'IngressClass', metadata: { name: 'alb' }, spec: { controller: 'ingress.k8s.aws/alb' } },
      { kind: 'StorageClass', metadata: { name: 'gp3' }, provisioner: 'ebs.csi.aws.com' },
    ]);
    expect(objects).toHaveLength(5);
    expect(said).toEqual([
      'IngressClass alb is taken to be one of ingress.k8s.aws/alb: Ingress shop/web names it, the manifests do not have it.',
      'StorageClass gp3 is taken to be one of ebs.csi.aws.com: PersistentVolumeClaim shop/data names it, the manifests do not have it.',
    ]);
  });

  it('are not made up where the manifests have them, or have volumes made by hand for them', () => {
    const own: ManifestObject = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'gp3' } };
    const byHand: ManifestObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: { storageClassName: 'manual' },
    };
    expect(withAssumedClasses([claim('gp3'), claim('manual'), own, byHand]).said).toEqual([]);
  });

  it('are not made up where none is named, nor for controllers that are not of AWS', () => {
    expect(kindsOf([claim(''), claim(undefined), ingress('nginx')])).toEqual([
      'PersistentVolumeClaim',
      'PersistentVolumeClaim',
      'Ingress',
    ]);
  });
});
