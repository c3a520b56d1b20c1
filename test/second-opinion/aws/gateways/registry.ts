import { Registry } from '../../../../src/gateways/aws/registry.ts';
import { ACCOUNT, REGION } from '../place.ts';
import type { Suite } from '../suite.ts';

const image = (repository: string, more: { tag?: string; digest?: string }) => ({
  account: ACCOUNT,
  repository,
  ...more,
});

export const registry: Suite<Registry> = {
  gateway: Registry,
  resources: { Repository: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'orders' } } },
  connect: ({ wires }) => new Registry(wires, REGION),
  cases: {
    has: [
      {
        title: 'knows an image by its tag, by its digest, and as latest',
        ask: async (images, place) => {
          const digest = await place.push('orders', 'v1');
          const before = await images.has(image('orders', {}));
          await place.push('orders', 'latest');
          return [
            await images.has(image('orders', { tag: 'v1' })),
            await images.has(image('orders', { digest })),
            before,
            await images.has(image('orders', {})),
          ];
        },
        answers: [true, true, false, true],
      },
      {
        title: 'says no to what is not there: tag, digest, repository',
        ask: async (images) => [
          await images.has(image('orders', { tag: 'v2' })),
          await images.has(image('orders', { digest: `sha256:${'0'.repeat(64)}` })),
          await images.has(image('none', { tag: 'v1' })),
        ],
        answers: [false, false, false],
      },
    ],
  },
};
