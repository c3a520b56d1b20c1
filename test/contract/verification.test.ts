import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { pointOf } from '../../src/domain/catalogue.ts';
import { podVolumeBackupsKey } from '../../src/domain/contents.ts';
import { type Seal, tarballKey } from '../../src/domain/seal.ts';
import type { Metrics } from '../../src/gateways/aws/metrics.ts';
import type { Bucket } from '../../src/gateways/aws/objects.ts';
import type { People } from '../../src/gateways/aws/people.ts';
import type { SigningKey } from '../../src/gateways/aws/signing-key.ts';
import type { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import { beginJudging } from '../../src/operations/judge-backup.ts';
import { sealBucket } from '../../src/operations/seal-bucket.ts';
import { sweepCatalogue } from '../../src/operations/sweep-catalogue.ts';
import { verifyFinish } from '../../src/operations/verify-finish.ts';
import { verifyPoint } from '../../src/operations/verify-point.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { realBucket } from '../operations/memory-bucket.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { standbyOf } from './catalogue-rig.ts';

const { publicKey, sign } = sealingKey();
const AT = new Date('2026-11-20T22:40:00Z');
const NEWEST = 'critical-15m-20261120223000';
const BEFORE = 'critical-15m-20261120221500';
const RUN = { id: 'a-run', startedAt: '2026-11-20T22:39:00.000Z' };

const { plan: small } = planOf(SMALL_PLAN);
const [schedule] = small.stores.backups.schedules;
if (schedule === undefined) throw new Error('the small plan has no schedule');
const namespaces = ['knative-lambda', 'rabbitmq-system'];
const schedules = [{ ...schedule, name: 'critical-15m', every: 900, namespaces }];
const plan: Plan = { ...small, stores: { ...small.stores, backups: { ...small.stores.backups, schedules } } };
const files = realBucket('velero-1.18.2');
const { seals } = await sealBucket(files, AT);
const sealOfNewest = seals.map(({ seal }) => seal).find(({ backup }) => backup === NEWEST);
if (sealOfNewest === undefined) throw new Error(`${NEWEST} was not sealed`);

/** What the primary is said to have, by its names. */
const LIVE = {
  'v1/PersistentVolumeClaim': ['knative-lambda/data-build-cache-0'],
  'apps/v1/StatefulSet': ['rabbitmq-system/rabbitmq'],
};

/** The real bucket in the standby, sealed and judged. */
async function standby(live: Record<string, string[]> = LIVE) {
  const rig = standbyOf(publicKey);
  rig.at(AT);
  const { bucket, catalogue } = rig;
  for (const [key, bytes] of files.files) bucket.put(key, 'null', bytes);
  for (const { seal } of seals) rig.seal(sign(seal));
  const readWithDigest = async (key: string) => {
    const bytes = await bucket.read(key);
    return bytes && { bytes, digested: true, checked: false };
  };
  Object.assign(bucket, { readWithDigest });
  const inventory = async () => ({ capturedAt: '2026-11-20T22:20:00Z', names: live });
  const captured = { ...rig.given.captured, inventory } as CapturedFacts;
  const verifications = new Map();
  Object.assign(catalogue, {
    writeVerification: async (found: { schedule: string }) => verifications.set(found.schedule, found),
    verifications: async () => [...verifications.values()],
  });
  const given = { ...rig.given, captured, random: { next: () => 0.5 } };
  const judging = await beginJudging(given);
  if (judging === undefined) throw new Error('no key');
  await sweepCatalogue(judging, plan);
  return {
    ...rig,
    given,
    verify: async () => {
      await verifyPoint(given, plan, RUN.id, 'critical-15m');
      return verifications.get('critical-15m');
    },
    verdictOf: (backup: string) => {
      const known = catalogue.points.get(backup);
      return known && pointOf(known, judging.proven, AT).verdict;
    },
    newestRestorable: () => catalogue.states.get('critical-15m')?.restorable?.backup,
  };
}

const whats = ({ findings }: { findings: { kind: string; what: string }[] }) =>
  findings.map(({ kind, what }) => `${kind}: ${what}`);

describe('a verification', () => {
  it('opens a real backup, counts what is in it, and finds nothing wrong', async () => {
    const rig = await standby();
    const found = await rig.verify();
    expect(found).toMatchObject({ backup: NEWEST, findings: [], run: RUN.id });
    expect(
      found.stores.map(({ store, verdict, volumes }: Record<string, unknown>) => [store, verdict, volumes]),
    ).toEqual([
      ['knative-lambda', 'verified', 1],
      ['rabbitmq-system', 'verified', 3],
    ]);
    expect(found.kinds['v1/PersistentVolumeClaim']).toBe(4);
    // All nine files of the backup, and four blobs of each repository.
    expect(found.compared).toBe(9 + 4 + 4);
    expect(rig.verdictOf(NEWEST)).toBe('restorable');
    expect(rig.catalogue.points.get(NEWEST)?.verified).toEqual({ at: AT.toISOString(), damage: [] });
  });

  it.each([
    ['S3 keeps one', true, []],
    ['S3 keeps none', false, [expect.stringMatching(/^\d+ objects were read, but have no digest to compare with/)]],
  ])("takes S3's own checksum for a digest where a key makes ETags that are none: %s", async (_, checked, notes) => {
    const rig = await standby();
    const readWithDigest = async (key: string) => {
      const bytes = await rig.bucket.read(key);
      return bytes && { bytes, digested: false, checked };
    };
    Object.assign(rig.bucket, { readWithDigest });
    const found = await rig.verify();
    expect(found.notes.filter((note: string) => note.includes('digest'))).toEqual(notes);
  });

  it.each([
    [
      'a tarball that does not open',
      tarballKey(NEWEST),
      Buffer.from('not a tarball'),
      /cannot be read: incorrect header/,
    ],
    ['a list that leaves volumes out', podVolumeBackupsKey(NEWEST), gzipSync('[]'), /does not name the volume/],
  ])('finds %s although it was sealed like that', async (_, key, bytes, what) => {
    const rig = await standby();
    rig.bucket.put(key, 'null', bytes, files.files.get(key)?.length);
    const found = await rig.verify();
    expect(whats(found)).toContainEqual(expect.stringMatching(what));
    expect(whats(found)).toContainEqual(`damage: ${key}: its bytes are others`);
  });

  it('takes what is damaged out of the choice: the one before it is taken instead', async () => {
    const rig = await standby();
    expect(rig.newestRestorable()).toBe(NEWEST);
    rig.bucket.put(tarballKey(NEWEST), 'another version', 'garbage');
    await rig.verify();
    expect([rig.verdictOf(NEWEST), rig.verdictOf(BEFORE)]).toEqual(['incomplete', 'restorable']);
    expect(rig.newestRestorable()).toBe(BEFORE);
    expect(rig.catalogue.states.get('critical-15m')?.judged[0]?.restorable).toBe(false);
    await sweepCatalogue((await beginJudging(rig.given)) as never, plan);
    expect([rig.verdictOf(NEWEST), rig.newestRestorable()]).toEqual(['incomplete', BEFORE]);
  });

  it('puts it back when it was brought back', async () => {
    const rig = await standby();
    rig.bucket.put(tarballKey(NEWEST), 'another version', 'garbage');
    await rig.verify();
    rig.bucket.put(tarballKey(NEWEST), 'null', files.files.get(tarballKey(NEWEST)));
    expect((await rig.verify()).findings).toEqual([]);
    expect([rig.verdictOf(NEWEST), rig.newestRestorable()]).toEqual(['restorable', NEWEST]);
  });

  it('finds every single file of a backup that is gone, and every blob', async () => {
    const whole = seals
      .flatMap((one) => one.seal.repositories)
      .flatMap(({ folder, added }) => (/knative|rabbit/.test(folder) ? added : []));
    const keys = [...sealOfNewest.objects, ...whole].map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) {
      const rig = await standby();
      rig.bucket.objects.delete(key);
      expect([key, whats(await rig.verify()).some((one) => one.startsWith('damage'))]).toEqual([key, true]);
    }
  });

  it('finds a seal that is gone, or that another key signed', async () => {
    const rig = await standby();
    rig.seal(sealingKey().sign(sealOfNewest));
    expect(whats(await rig.verify())).toContainEqual(`damage: the seal of ${NEWEST} is gone, or not genuine`);
  });

  it('comes to an end when seals name each other in a circle, and trusts none of them', async () => {
    const rig = await standby();
    const circular = (seal: Seal, since: string): Seal => ({
      ...seal,
      repositories: seal.repositories.map((repository) => ({ ...repository, since })),
    });
    for (const { seal } of seals) rig.seal(sign(circular(seal, seal.backup === NEWEST ? BEFORE : NEWEST)));
    expect(whats(await rig.verify())).toContainEqual(expect.stringMatching(/^damage: the seal of .* is gone/));
  });

  it('says what has drifted from the primary, and leaves the point in the choice', async () => {
    const gone = Array.from({ length: 9 }, (_, index) => `knative-lambda/builder-${index}`);
    const rig = await standby({ ...LIVE, 'v1/ConfigMap': gone });
    const found = await rig.verify();
    expect(whats(found)).toEqual([
      expect.stringMatching(/^drift: in the primary, .*ConfigMap knative-lambda\/builder-0, /),
    ]);
    expect(rig.verdictOf(NEWEST)).toBe('restorable');
  });

  it('notes what came or went since the primary was looked at, and finds no fault with it', async () => {
    const found = await (await standby({ ...LIVE, 'v1/Secret': ['knative-lambda/new'] })).verify();
    expect(found.findings).toEqual([]);
    expect(found.notes).toContainEqual(expect.stringContaining('not in the backup: Secret knative-lambda/new'));
  });
});

/** Where a verification ends: what was written, published and told. */
async function finished(rig: Awaited<ReturnType<typeof standby>>, parts: Parameters<typeof verifyFinish>[2]['parts']) {
  const written = new Map<string, string>();
  const told: string[] = [];
  const published: unknown[] = [];
  const given = {
    catalogue: rig.given.catalogue,
    clock: rig.given.clock,
    reports: { write: async (key: string, body: string) => written.set(key, body) } as unknown as Bucket,
    key: { sign: async () => 'signed' } as unknown as SigningKey,
    metrics: { publish: async (measures: unknown[]) => published.push(...measures) } as unknown as Metrics,
    people: { tell: async (subject: string) => told.push(subject) } as unknown as People,
  };
  const result = await verifyFinish(given, plan, { run: RUN, parts });
  return { result, written, told, published };
}

describe('the end of a verification', () => {
  it('stores a signed report and publishes that nothing was found, and tells nobody', async () => {
    const rig = await standby();
    await rig.verify();
    const { result, written, told, published } = await finished(rig, [{ schedule: 'critical-15m' }]);
    expect(result).toEqual({ stores: 2, failures: 0 });
    expect([...written.keys()]).toEqual(['verifications/a-run/report.json', 'verifications/a-run/report.md']);
    expect(JSON.parse(written.get('verifications/a-run/report.json') ?? '')).toMatchObject({
      report: { failures: 0, stores: [{ store: 'knative-lambda', verdict: 'verified', backup: NEWEST }, {}] },
      signature: 'signed',
    });
    expect(written.get('verifications/a-run/report.md')).toContain('| rabbitmq-system | verified |');
    expect(published).toEqual([expect.objectContaining({ name: 'VerificationFailures', value: 0 })]);
    expect(told).toEqual([]);
  });

  it('counts what could not be looked into as not verified, whatever was found last week, and tells people', async () => {
    const rig = await standby();
    await rig.verify();
    const failed = { schedule: 'critical-15m', error: 'TemporaryFailure', cause: 'S3 says slow down' };
    const { told, published } = await finished({ ...rig }, [{ ...failed, schedule: 'another' }]);
    expect(told).toEqual(['shop: 1 of 1 recovery points is not verified']);
    expect(published).toEqual([expect.objectContaining({ value: 1 })]);
  });
});
