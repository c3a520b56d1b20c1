import { describe, expect, it } from '@jest/globals';
import { ask, pass, templatePlace } from './data-cloud.ts';
import { cloudWithEks, REGION } from './eks-cloud.ts';

describe('ECR', () => {
  it('copies what is pushed after the rule was made, to the other region only', async () => {
    const { ecr, world } = cloudWithEks();
    const reference = (region: string, tag: string) => `111122223333.dkr.ecr.${region}.amazonaws.com/shop/web:${tag}`;
    ecr.push('us-west-2', 'shop/web', 'before');
    const Rules = [
      {
        Destinations: [{ Region: REGION, RegistryId: '111122223333' }],
        RepositoryFilters: [{ Filter: 'shop/', FilterType: 'PREFIX_MATCH' }],
      },
    ];
    ecr.resources['AWS::ECR::ReplicationConfiguration']?.(
      { ReplicationConfiguration: { Rules } },
      templatePlace('us-west-2', 'Copies'),
    );
    const digest = ecr.push('us-west-2', 'shop/web', 'after');
    await pass(world, 119);
    expect(ecr.has(reference(REGION, 'after'))).toBe(false);
    await pass(world, 1);
    expect(['before', 'after'].map((tag) => ecr.has(reference(REGION, tag)))).toEqual([false, true]);
    expect(ecr.has(`111122223333.dkr.ecr.${REGION}.amazonaws.com/shop/web@${digest}`)).toBe(true);
    const described = (tag: string) =>
      ask(world, REGION, 'ecr:DescribeImages', { repositoryName: 'shop/web', imageIds: [{ imageTag: tag }] });
    expect((await described('after')).imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['after'] }]);
    await expect(described('before')).rejects.toMatchObject({ name: 'ImageNotFoundException' });
    await expect(ask(world, REGION, 'ecr:DescribeImages', { repositoryName: 'none' })).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });
});
