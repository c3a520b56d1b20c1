import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Inventory } from '../../src/domain/captured.ts';
import { inStandby, parseEcr, STANDBY_STORAGE_CLASS, translate } from '../../src/domain/translation.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';

/** From us-west-2 to us-east-1. */
const { plan } = planOf(SMALL_PLAN);
const ACCOUNT = '111122223333';
const WEST = '111122223333.dkr.ecr.us-west-2.amazonaws.com';
const EAST = '111122223333.dkr.ecr.us-east-1.amazonaws.com';
/** Another account's, in the primary's region: nothing of ours copies it. */
const VENDOR = '444455556666.dkr.ecr.us-west-2.amazonaws.com';
const DIGEST = `sha256:${'0'.repeat(64)}`;

const captured = (change: Partial<Inventory> = {}): Inventory => ({
  capturedAt: '2026-03-01T04:00:00Z',
  counts: {},
  images: [],
  customImages: [],
  podRequests: [],
  storageClasses: [],
  exposed: [],
  ...change,
});

describe('an image', () => {
  it.each([
    [`${WEST}/shop/app:1.2`, `${EAST}/shop/app:1.2`],
    [`${WEST}/shop/app@${DIGEST}`, `${EAST}/shop/app@${DIGEST}`],
    [`${WEST}/shop/app:1.2@${DIGEST}`, `${EAST}/shop/app:1.2@${DIGEST}`],
    [`${WEST}/shop/app`, `${EAST}/shop/app`],
    ['docker.io/library/nginx:1.29', 'docker.io/library/nginx:1.29'],
    [
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/app:1',
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/app:1',
    ],
    [`${VENDOR}/base:1`, `${VENDOR}/base:1`],
    [`evil.example/${WEST}/app:1`, `evil.example/${WEST}/app:1`],
  ])('%s is asked for as %s', (image, wanted) => {
    expect(inStandby(image, plan, ACCOUNT)).toBe(wanted);
  });

  it('is translated once: what is in the standby stays as it is', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9/-]{0,20}$/);
    always(
      fc.property(name, fc.constantFrom(':1', '', `@${DIGEST}`), (repository, version) => {
        const once = inStandby(`${WEST}/${repository}${version}`, plan, ACCOUNT);
        expect(inStandby(once, plan, ACCOUNT)).toBe(once);
        expect(parseEcr(once)).toMatchObject({ region: 'us-east-1', repository });
      }),
    );
  });
});

describe("the primary's references", () => {
  const modifiers = (change: Partial<Inventory>) =>
    JSON.parse(translate(plan, captured(change), ACCOUNT).modifiers).resourceModifierRules as Record<string, unknown>[];

  it("map its own account's registry once, however many images come from it, and no other account's", () => {
    const images = [`${WEST}/a:1`, `${WEST}/b:1`, `${VENDOR}/c:1`, 'nginx'];
    expect(translate(plan, captured({ images }), ACCOUNT).registries).toEqual({
      [WEST]: EAST,
    });
    expect(translate(plan, captured({ images: [`${VENDOR}/c:1`] }), ACCOUNT).registries).toEqual({});
  });

  it("map every EBS storage class to the standby's, and name those that have no counterpart", () => {
    const { storageClasses, unmapped } = translate(
      plan,
      captured({
        storageClasses: [
          { name: 'gp2', provisioner: 'kubernetes.io/aws-ebs' },
          { name: 'gp3', provisioner: 'ebs.csi.aws.com' },
          { name: 'auto', provisioner: 'ebs.csi.eks.amazonaws.com' },
          { name: 'files', provisioner: 'efs.csi.aws.com' },
        ],
      }),
      ACCOUNT,
    );
    expect(storageClasses).toEqual({
      gp2: STANDBY_STORAGE_CLASS,
      gp3: STANDBY_STORAGE_CLASS,
      auto: STANDBY_STORAGE_CLASS,
    });
    expect(unmapped).toEqual(['storage class files (efs.csi.aws.com) has no counterpart in the standby']);
  });

  it('make Services of type LoadBalancer plain, with the fields that only those may have taken away', () => {
    const [rule] = modifiers({});
    expect(rule).toMatchObject({
      conditions: { groupResource: 'services', matches: [{ path: '/spec/type', value: 'LoadBalancer' }] },
    });
    const [patch] = (rule as { mergePatches: { patchData: string }[] }).mergePatches;
    const { spec } = JSON.parse(patch?.patchData ?? '{}');
    expect(spec.type).toBe('ClusterIP');
    const { type: _, ...taken } = spec;
    expect(Object.values(taken).every((value) => value === null)).toBe(true);
    expect(Object.keys(taken)).toContain('externalTrafficPolicy');
  });

  it('reach images in custom resources by a rule for each object, by its exact name', () => {
    const one = { group: 'rabbitmq.com', resource: 'rabbitmqclusters', kind: 'RabbitmqCluster', namespace: 'orders' };
    const rules = modifiers({
      customImages: [
        { ...one, name: 'mq.a', path: '/spec/image', image: `${WEST}/mq:1` },
        { ...one, name: 'mq.a', path: '/spec/sidecarImage', image: `${WEST}/side:1` },
        { ...one, name: 'mq.b', path: '/spec/image', image: 'rabbitmq:4' },
      ],
    });
    expect(rules.slice(1)).toEqual([
      {
        conditions: {
          groupResource: 'rabbitmqclusters.rabbitmq.com',
          resourceNameRegex: '^mq\\.a$',
          namespaces: ['orders'],
        },
        patches: [
          { operation: 'replace', path: '/spec/image', value: `${EAST}/mq:1` },
          { operation: 'replace', path: '/spec/sidecarImage', value: `${EAST}/side:1` },
        ],
      },
    ]);
  });

  it('tell people of what nobody outside will reach, and of images that stay where they are', () => {
    const { unmapped } = translate(
      plan,
      captured({
        exposed: ['Service/orders/orders', 'Ingress/wiki/wiki', 'Service/orders/debug'],
        images: ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/base:1', `${VENDOR}/c:1`, `${WEST}/a:1`],
      }),
      ACCOUNT,
    );
    expect(unmapped).toEqual([
      'Service/orders/debug has no entry point in the plan: nobody outside reaches it in the standby',
      'image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/base:1 stays where it is',
      `image ${VENDOR}/c:1 stays where it is`,
    ]);
  });

  it('are translated the same way from the same capture', () => {
    const all = captured({
      images: [`${WEST}/a:1`],
      storageClasses: [{ name: 'gp3', provisioner: 'ebs.csi.aws.com' }],
    });
    expect(translate(plan, all, ACCOUNT)).toEqual(translate(plan, structuredClone(all), ACCOUNT));
  });
});
