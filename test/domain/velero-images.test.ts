import { describe, expect, it } from '@jest/globals';
import { imageFindings, veleroImages } from '../../src/domain/velero-images.ts';
import { linesFor, planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const withImages = (images: string) => SMALL_PLAN.replace('entryPoints:\n', `  images: ${images}\nentryPoints:\n`);

describe("Velero's images", () => {
  it('come from Docker Hub by default, and that is said', () => {
    const { plan } = planOf(SMALL_PLAN);
    expect(veleroImages(plan, 'standby', '111122223333')).toEqual({
      velero: 'velero/velero:v1.18.3',
      plugin: 'velero/velero-plugin-for-aws:v1.14.3',
    });
    expect(imageFindings(plan)).toEqual([expect.stringContaining('Docker Hub')]);
  });

  it("come from each site's own registry where the plan has copies there", () => {
    const { plan } = planOf(withImages('{ repositories: [mirror/], velero: mirror/velero/ }'));
    expect(veleroImages(plan, 'standby', '111122223333')).toEqual({
      velero: '111122223333.dkr.ecr.us-east-1.amazonaws.com/mirror/velero/velero:v1.18.3',
      plugin: '111122223333.dkr.ecr.us-east-1.amazonaws.com/mirror/velero/velero-plugin-for-aws:v1.14.3',
    });
    expect(veleroImages(plan, 'primary', '111122223333').velero).toContain('.us-west-2.');
    expect(imageFindings(plan)).toEqual([]);
  });

  it('must be among what is copied to the standby', () => {
    const lines = linesFor(['entryPoints:\n', '  images: { repositories: [shop/], velero: velero/ }\nentryPoints:\n']);
    expect(lines).toEqual([expect.stringMatching(/stores\.images\.velero.*not copied to the standby/)]);
  });

  it('are named by a prefix that ends in a slash', () => {
    const lines = linesFor(['entryPoints:\n', '  images: { repositories: [velero], velero: velero }\nentryPoints:\n']);
    expect(lines).toEqual([expect.stringContaining('such as velero/')]);
  });
});
