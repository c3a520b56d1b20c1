import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { VELERO_VERSION } from '../../src/domain/velero-images.ts';
import { controlRegion } from '../../src/plan/places.ts';
import type { KubeObject } from '../../src/rehearsal/cluster/host.ts';
import { OPERATOR } from '../../src/rehearsal/deployment.ts';
import { type Platform, platformOf } from '../../src/rehearsal/platform.ts';
import { setTheScene } from '../../src/rehearsal/setting.ts';
import { synthesized } from '../../src/rehearsal/synthesized.ts';
import type { Twin } from '../../src/rehearsal/twin.ts';
import { planOf } from '../plan/small-plan.ts';

const STARTS_AT = Date.parse('2026-03-01T12:20:00Z');
const MINUTE = 60_000;
const EXAMPLE = readFileSync('lifeboat.yaml', 'utf8');
const SERVER = { resource: 'deployments.apps', namespace: 'velero', name: 'velero' };

/** The example, deployed and settled. */
async function settled(text = EXAMPLE): Promise<Twin> {
  const { plan, input } = planOf(text);
  const platform: Platform = platformOf(plan, input, undefined);
  const { twin } = await setTheScene(platform, synthesized(plan, input), 1, STARTS_AT);
  return twin;
}

/** Somebody's Velero of that version in place of ours; its server does not run. */
function putBack(twin: Twin, version: string): void {
  const { store } = twin.cluster('standby');
  const server = store.get(SERVER);
  const template = structuredClone(server?.spec.template);
  template.spec.containers[0].image = `velero/velero:v${version}`;
  template.spec.containers[0].args = ['server', '--uploader-type=restic'];
  store.update({ ...server, spec: { ...server?.spec, replicas: 0, template } });
}

/** Starts the machine as an operator would, and gives it a quarter of an hour. */
async function protect(twin: Twin, name: string) {
  const region = controlRegion(twin.plan);
  const stateMachineArn = `arn:aws:states:${region}:${twin.world.account}:stateMachine:lifeboat-${twin.plan.name}-protect`;
  void twin.world.call({
    caller: OPERATOR,
    from: 'internet',
    region,
    service: 'sfn',
    operation: 'StartExecution',
    input: { stateMachineArn, name, input: '{}' },
  });
  await twin.kernel.run(twin.kernel.now + 15 * MINUTE);
  return twin.sfn.executions.find(({ arn }) => arn.endsWith(`:${name}`))?.outcome;
}

const server = (twin: Twin): KubeObject | undefined => twin.cluster('standby').store.get(SERVER);

describe('protecting a cluster in which an older Velero runs', () => {
  it('is refused, and leaves that Velero alone', async () => {
    const twin = await settled();
    putBack(twin, '1.12.3');
    expect(await protect(twin, 'refused')).toMatchObject({ status: 'FAILED', error: 'VeleroVersionUnsupported' });
    expect(server(twin)?.spec.template.spec.containers[0].image).toBe('velero/velero:v1.12.3');
  }, 60_000);

  it("puts Lifeboat's own in its place when the plan allows it", async () => {
    const twin = await settled(`${EXAMPLE}\nvelero: { upgrade: true }\n`);
    putBack(twin, '1.12.3');
    expect(await protect(twin, 'upgraded')).toMatchObject({ status: 'SUCCEEDED' });
    const { spec, status } = server(twin) ?? {};
    expect(spec.template.spec.containers[0].image).toMatch(
      new RegExp(`dkr\\.ecr\\..*/velero/velero:${VELERO_VERSION}$`),
    );
    expect(spec.template.spec.containers[0].args).not.toContain('--uploader-type=restic');
    expect(status.readyReplicas).toBe(1);
    expect(twin.denied).toEqual([]);
  }, 60_000);
});

describe('protecting clusters whose volumes go by snapshots', () => {
  const BY_SNAPSHOTS = EXAMPLE.replace('volumes: files', 'volumes: snapshots');
  const CLASSES = 'volumesnapshotclasses.snapshot.storage.k8s.io';

  it('gives the driver of the platform a class that Velero finds, and Velero what moves snapshots', async () => {
    const twin = await settled(BY_SNAPSHOTS);
    const { store } = twin.cluster('primary');
    expect(store.list(CLASSES)).toEqual([
      expect.objectContaining({
        driver: 'ebs.csi.aws.com',
        metadata: expect.objectContaining({ labels: { 'velero.io/csi-volumesnapshot-class': 'true' } }),
      }),
    ]);
    expect(server(twin)?.spec.template.spec.containers[0].args).toContain('--features=EnableCSI');
    const [critical] = store.list('schedules.velero.io');
    expect(critical?.spec.template).toMatchObject({ snapshotMoveData: true, defaultVolumesToFsBackup: false });
    expect(twin.denied).toEqual([]);
  }, 60_000);

  it('says that the primary cannot take them, once its snapshot controller is gone, and leaves its schedules', async () => {
    const twin = await settled(BY_SNAPSHOTS);
    const { store } = twin.cluster('primary');
    const before = store.list('schedules.velero.io').length;
    const crds = 'customresourcedefinitions.apiextensions.k8s.io';
    for (const definition of store.list(crds))
      if (definition.spec.group === 'snapshot.storage.k8s.io') store.remove(store.refOf(definition));
    const outcome = await protect(twin, 'without');
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'SnapshotsUnavailable' });
    expect(JSON.stringify(outcome)).toContain('cluster homelab has no snapshot controller');
    expect(store.list('schedules.velero.io')).toHaveLength(before);
  }, 60_000);
});

/** As `raise-epoch` leaves it, with or without a run that is still under way. */
function give(twin: Twin, owner: 'primary' | 'standby', lock?: object): void {
  const put = (Item: object) =>
    void twin.world.call({
      caller: OPERATOR,
      from: 'internet',
      region: controlRegion(twin.plan),
      service: 'dynamodb',
      operation: 'PutItem',
      input: { TableName: `lifeboat-${twin.plan.name}-runs`, Item },
    });
  const data = (value: object) => ({ S: JSON.stringify(value) });
  const ownership = { owner, epoch: 2, since: '2026-03-01T12:30:00.000Z' };
  put({ id: { S: 'ownership' }, item: { S: 'current' }, epoch: { N: '2' }, data: data(ownership) });
  if (lock) put({ id: { S: 'lock' }, item: { S: 'failover' }, data: data(lock) });
}

const schedules = (twin: Twin): KubeObject[] =>
  twin.cluster('standby').store.list('schedules.velero.io', { namespace: 'velero' });
const written = (twin: Twin, bucket: string) =>
  twin.s3.list(bucket, 'velero-standby/').map(({ key }) => key.split('/').slice(0, 2).join('/'));

describe('protecting the primary', () => {
  it('labels every backup with the Git revision that the cluster was at, and with when that was seen', async () => {
    const twin = await settled();
    const { store } = twin.cluster('primary');
    const labelled = store.list('backups.velero.io', { namespace: 'velero' }).flatMap(({ metadata, status }) => {
      const { 'lifeboat.dev/git-revision': revision, 'lifeboat.dev/git-seen': seen } = metadata.labels;
      return revision === undefined ? [] : [{ revision, seen, started: status.startTimestamp }];
    });
    expect(labelled.length).toBeGreaterThan(0);
    for (const { revision, seen, started } of labelled) {
      expect(revision).toBe('6f1b3c0e5d2a4978b1c6d7e8f90a1b2c3d4e5f60');
      expect(`${seen.replaceAll('.', ':')}Z` <= started).toBe(true);
    }
  }, 60_000);
});

describe('protecting a standby', () => {
  it('gives it a location of its own ahead, and no schedule while the primary has the platform', async () => {
    const twin = await settled();
    const locations = twin.cluster('standby').store.list('backupstoragelocations.velero.io', { namespace: 'velero' });
    expect(locations.map(({ metadata, spec, status }) => [metadata.name, spec.accessMode, status.phase])).toEqual([
      ['default', 'ReadOnly', 'Available'],
      ['standby', 'ReadWrite', 'Available'],
    ]);
    expect(schedules(twin)).toEqual([]);
  }, 60_000);

  it('backs the platform up there once it is its own, and leaves what the primary wrote alone', async () => {
    const twin = await settled();
    const { bucket, replica } = twin.plan.stores.backups;
    give(twin, 'standby');
    expect(await protect(twin, 'own')).toMatchObject({ status: 'SUCCEEDED' });
    expect(schedules(twin).map(({ metadata }) => metadata.name)).toContain('standby-critical');
    expect(new Set(written(twin, replica))).toContain('velero-standby/backups');
    expect(new Set(written(twin, bucket))).toContain('velero-standby/backups');
    expect(twin.denied).toEqual([]);
    give(twin, 'primary');
    expect(await protect(twin, 'given-back')).toMatchObject({ status: 'SUCCEEDED' });
    expect(schedules(twin).every(({ spec }) => spec.paused)).toBe(true);
  }, 60_000);

  it('begins no backup while a run still brings the platform back', async () => {
    const twin = await settled();
    give(twin, 'standby', { run: 'a', takenAt: '2026-03-01T12:30:00.000Z' });
    expect(await protect(twin, 'under-way')).toMatchObject({ status: 'SUCCEEDED' });
    expect(schedules(twin)).toEqual([]);
  }, 60_000);
});
