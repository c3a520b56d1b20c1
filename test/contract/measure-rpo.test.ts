import { describe, expect, it } from '@jest/globals';
import type { Measure } from '../../src/domain/rpo.ts';
import type { Behind } from '../../src/domain/store-ages.ts';
import type { Metrics } from '../../src/gateways/aws/metrics.ts';
import type { ReplicationMetrics } from '../../src/gateways/aws/replication-metrics.ts';
import { measureRpo } from '../../src/operations/measure-rpo.ts';
import { BEGAN, sealOf } from '../domain/sealed.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { filesOf, standbyOf } from './catalogue-rig.ts';

const { publicKey, sign } = sealingKey();
const { plan } = planOf(
  SMALL_PLAN.replace(
    'entryPoints:',
    '  buckets: [{ name: shop-files, replica: shop-files-copy, rule: all, tier: critical }]\nentryPoints:',
  ),
);
const minutes = (count: number): Date => new Date(BEGAN.getTime() + count * 60_000);

/** What S3 tells of the bucket, and what was published. */
function measuring() {
  const standby = standbyOf(publicKey);
  const published: Measure[][] = [];
  let told: Behind[] = [];
  const metrics: Pick<Metrics, 'publish'> = { publish: async (some) => void published.push(some) };
  const replication: Pick<ReplicationMetrics, 'behind'> = { behind: async () => told };
  const given = {
    ...standby.given,
    metrics: metrics as Metrics,
    replication: replication as ReplicationMetrics,
  };
  return {
    standby,
    published,
    async at(minute: number, behind: Behind[]) {
      standby.at(minutes(minute));
      told = behind;
      return (await measureRpo(given, plan)).ages;
    },
  };
}

describe('measuring what would be lost', () => {
  it('measures namespaces by the catalogue and buckets by what S3 tells, and publishes the worst of a tier', async () => {
    const { standby, at, published } = measuring();
    const seal = { ...sealOf(0), objects: filesOf(sealOf(0).backup), repositories: [] };
    standby.arrive(...seal.objects);
    standby.seal(sign(seal));
    const ages = await at(4, [{ at: minutes(3), seconds: 300 }]);
    expect(ages.map(({ store, ageSeconds }) => [store, ageSeconds])).toEqual([
      ['ingress', 240],
      ['orders', 240],
      ['s3/shop-files', 360],
      ['wiki', null],
    ]);
    const critical = published[0]?.find(({ dimensions }) => dimensions.Tier === 'critical');
    expect(critical?.value).toBe(360);
  });

  it('remembers what was told before, once S3 tells nothing any more', async () => {
    const { at } = measuring();
    await at(4, [{ at: minutes(3), seconds: 0 }]);
    for (const minute of [5, 6]) await at(minute, []);
    const ages = await at(30, []);
    expect(ages.find(({ kind }) => kind === 'bucket')).toMatchObject({ ageSeconds: 27 * 60 });
  });

  it('says for how long nobody has looked into the backups', async () => {
    const { at, published } = measuring();
    await at(4, []);
    const age = published[0]?.find(({ name }) => name === 'VerificationAge');
    expect(age?.value).toBeGreaterThan(8 * 86_400);
  });
});
