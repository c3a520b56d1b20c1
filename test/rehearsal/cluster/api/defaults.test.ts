import { describe, expect, it } from '@jest/globals';
import { claim, Rig, service, storageClass } from '../rig.ts';

describe('what the API fills in', () => {
  it('gives services an address, and ports where they are reached from outside', () => {
    const rig = new Rig({ autoMode: false });
    rig.create(service('web'), service('headless', { clusterIP: 'None' }), service('out', { type: 'LoadBalancer' }));
    expect(rig.get('services', 'web', 'default').spec.clusterIP).toMatch(/^10\.100\./);
    expect(rig.get('services', 'headless', 'default').spec.clusterIP).toBe('None');
    expect(rig.get('services', 'out', 'default').spec.ports[0].nodePort).toBeGreaterThanOrEqual(30_000);
  });

  it('gives Auto Mode its own load balancer class', () => {
    const rig = new Rig();
    rig.create(service('out', { type: 'LoadBalancer' }));
    expect(rig.get('services', 'out', 'default').spec.loadBalancerClass).toBe('eks.amazonaws.com/nlb');
  });

  it('gives a claim the default storage class, if there is one', () => {
    const rig = new Rig();
    rig.create(claim('before'));
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const gp3 = storageClass('gp3');
    rig.create({ ...gp3, metadata: { ...gp3.metadata, annotations } }, claim('after'));
    expect(rig.get('persistentvolumeclaims', 'before', 'default').spec.storageClassName).toBeUndefined();
    expect(rig.get('persistentvolumeclaims', 'after', 'default').spec.storageClassName).toBe('gp3');
  });

  it('encodes the text of secrets', () => {
    const rig = new Rig();
    const metadata = { name: 's', namespace: 'default' };
    const [secret] = rig.create({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { user: 'ann' } });
    expect(secret).toMatchObject({ type: 'Opaque', data: { user: 'YW5u' } });
    expect(secret?.stringData).toBeUndefined();
  });
});
