import { describe, expect, it } from '@jest/globals';
import { capturedCluster, imagesIn, inventory, isWorkloadKind } from '../../src/domain/captured.ts';

describe('the images of an object', () => {
  it('are found in pods, with the place of each', () => {
    const deployment = {
      spec: {
        template: {
          spec: {
            initContainers: [{ name: 'wait', image: 'busybox:1.37' }],
            containers: [{ name: 'app', image: 'shop/app:1', env: [{ name: 'image', value: 'not an image' }] }],
          },
        },
      },
    };
    expect(imagesIn(deployment)).toEqual([
      { path: '/spec/template/spec/initContainers/0/image', image: 'busybox:1.37' },
      { path: '/spec/template/spec/containers/0/image', image: 'shop/app:1' },
    ]);
  });

  it('are found in custom resources too, where members are called after what runs', () => {
    const broker = {
      spec: { image: 'rabbitmq:4.1', override: { sidecarImage: 'exporter:2' }, imagePullPolicy: 'Always' },
    };
    expect(imagesIn(broker).map(({ path }) => path)).toEqual(['/spec/image', '/spec/override/sidecarImage']);
  });

  it('have a place that is a JSON pointer, whatever the members are called', () => {
    expect(imagesIn({ spec: { 'a/b~c': { image: 'app:1' } } })).toEqual([
      { path: '/spec/a~1b~0c/image', image: 'app:1' },
    ]);
  });

  it('are none where an image is told in parts, or where there is no spec', () => {
    expect(imagesIn({ spec: { image: { repository: 'app', tag: '1' } } })).toEqual([]);
    expect(imagesIn({ data: { image: 'app:1' } })).toEqual([]);
    expect(imagesIn({ spec: null })).toEqual([]);
  });
});

describe("Velero's own image map", () => {
  it('reaches the built-in kinds that run pods, and no other', () => {
    expect(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'].every(isWorkloadKind)).toBe(true);
    expect(['RabbitmqCluster', 'Service', 'Configuration'].some(isWorkloadKind)).toBe(false);
  });
});

describe('what was captured', () => {
  it('is refused when a part of it is missing, so that a failover never goes by half of it', () => {
    expect(capturedCluster.safeParse({ capturedAt: '2026-03-01T04:00:00Z', name: 'shop' }).success).toBe(false);
    expect(inventory.safeParse({ capturedAt: '2026-03-01T04:00:00Z', images: [] }).success).toBe(false);
  });
});
