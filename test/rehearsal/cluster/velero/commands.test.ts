import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { installFlags, REPLICA, SOURCE, VeleroRig, velero } from './velero-rig.ts';

const INSTALL = ['/velero', 'install', ...installFlags()];

const admin: KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lifeboat' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'lifeboat', name: 'installer' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'installer' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'lifeboat', name: 'installer' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  },
];

/** Runs a command line in a Job in the east, and tells how its container ended. */
async function run(
  rig: VeleroRig,
  command: string[],
  { serviceAccountName = 'installer', image = 'velero/velero:v1.18.2', name = 'run' } = {},
): Promise<{ exitCode: number; message: string; output: string }> {
  const container = { name: 'velero', image, command, terminationMessagePolicy: 'FallbackToLogsOnError' };
  rig.east.api.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'lifeboat', name },
    spec: {
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', serviceAccountName, containers: [container] } },
    },
  });
  const pod = () => rig.east.store.list('pods', { namespace: 'lifeboat', labelSelector: `job-name=${name}` })[0];
  await rig.until(() => ['Succeeded', 'Failed'].includes(pod()?.status?.phase));
  const { exitCode, message = '' } = pod().status.containerStatuses[0].state.terminated;
  const output = rig.transcript.findLast(({ ran }) => ran !== undefined)?.output ?? '';
  return { exitCode, message, output };
}

function newRig(): VeleroRig {
  const rig = new VeleroRig();
  seed(rig.east, admin);
  rig.start();
  return rig;
}

describe('velero install', () => {
  it('sets Velero up, without a location', async () => {
    const rig = newRig();
    expect(await run(rig, [...INSTALL, '--wait'])).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Velero is installed!'),
    });
    const { store } = rig.east;
    expect(store.list('customresourcedefinitions.apiextensions.k8s.io').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['backups.velero.io', 'podvolumerestores.velero.io', 'datadownloads.velero.io']),
    );
    expect(
      store.get({ resource: 'deployments.apps', namespace: 'velero', name: 'velero' }).status.availableReplicas,
    ).toBe(1);
    expect(
      store.get({ resource: 'daemonsets.apps', namespace: 'velero', name: 'node-agent' }).status.numberAvailable,
    ).toBe(2);
    expect(store.list('backupstoragelocations.velero.io')).toEqual([]);
    expect(store.get({ resource: 'secrets', namespace: 'velero', name: 'velero-repo-credentials' })).toBeDefined();
  });

  it('makes a default location where it is told a bucket, and proceeds over what is there', async () => {
    const rig = newRig();
    const flags = [
      '--provider=aws',
      `--bucket=${REPLICA}`,
      '--prefix',
      'velero',
      '--backup-location-config',
      'region=us-east-1',
    ];
    const command = [
      '/velero',
      'install',
      ...flags,
      '--use-volume-snapshots=false',
      '--no-secret',
      '--plugins',
      'velero/velero-plugin-for-aws:v1.14.2',
    ];
    await run(rig, command);
    await rig.pass(60);
    expect(velero(rig.east, 'backupstoragelocations', 'default')).toMatchObject({
      spec: { provider: 'aws', default: true, objectStorage: { bucket: REPLICA, prefix: 'velero' } },
      status: { phase: 'Available' },
    });
    expect(await run(rig, command, { name: 'again' })).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('already exists, proceeding'),
    });
  });

  it.each([
    ['an unknown flag', [...INSTALL, '--access-mode=ReadOnly'], 'Error: unknown flag: --access-mode'],
    [
      'a provider without a location',
      [...INSTALL, '--provider=aws'],
      '--provider must be empty when using --no-default-backup-location and --use-volume-snapshots=false',
    ],
    [
      'a bucket beside no location',
      [...INSTALL, '--bucket=x'],
      'Cannot use both --bucket and --no-default-backup-location at the same time',
    ],
    [
      'no word on the secret',
      INSTALL.filter((flag) => flag !== '--no-secret'),
      'One of --secret-file or --no-secret is required',
    ],
    ['no provider', ['/velero', 'install', '--no-secret'], '--provider is required'],
    [
      'volumes by files without a node agent',
      [...INSTALL.filter((flag) => flag !== '--use-node-agent'), '--default-volumes-to-fs-backup'],
      '--use-node-agent is required when using --default-volumes-to-fs-backup',
    ],
    [
      'a ConfigMap that is not there',
      [...INSTALL, '--node-agent-configmap=agents'],
      '--node-agent-configmap specified ConfigMap agents is invalid',
    ],
    [
      'a duration that is none',
      [...INSTALL, '--garbage-collection-frequency=soon'],
      'invalid argument "soon" for "--garbage-collection-frequency" flag',
    ],
  ])('refuses %s', async (_what, command, message) => {
    const ended = await run(newRig(), command);
    expect(ended.exitCode).toBe(1);
    expect(ended.message).toContain(message);
  });

  it('is stopped by the API where its service account may not', async () => {
    const ended = await run(newRig(), INSTALL, { serviceAccountName: 'default' });
    expect(ended.exitCode).toBe(1);
    expect(ended.message).toContain(
      'is forbidden: User "system:serviceaccount:lifeboat:default" cannot create resource "customresourcedefinitions"',
    );
  });

  it('needs its full path, and a command', async () => {
    const rig = newRig();
    expect(await run(rig, ['velero', 'install'])).toMatchObject({ exitCode: 128 });
    expect(await run(rig, ['/bin/sh', '-c', 'velero install'], { name: 'shell' })).toMatchObject({ exitCode: 128 });
    expect(await run(rig, ['/velero', 'instal'], { name: 'typo' })).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('unknown command "instal" for "velero"'),
    });
  });
});

describe('velero restore create', () => {
  const ready = async (): Promise<VeleroRig> => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    await rig.synced('b1');
    seed(rig.east, admin);
    return rig;
  };
  const CREATE = ['/velero', 'restore', 'create'];

  it('submits a restore and does not wait for it', async () => {
    const rig = await ready();
    const flags = [
      '--from-backup',
      'b1',
      '--include-namespaces=shop',
      '--include-cluster-resources',
      '--existing-resource-policy=update',
    ];
    const ended = await run(rig, [...CREATE, 'r1', ...flags, '--resource-modifier-configmap=m']);
    expect(ended).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Restore request "r1" submitted successfully.'),
    });
    expect(velero(rig.east, 'restores', 'r1').spec).toMatchObject({
      backupName: 'b1',
      includedNamespaces: ['shop'],
      includeClusterResources: true,
      existingResourcePolicy: 'update',
      resourceModifier: { kind: 'configmap', name: 'm' },
    });
    await rig.pass(10);
    expect(velero(rig.east, 'restores', 'r1').status.phase).toBe('FailedValidation');
  });

  it('ends with 0 when it waited for a restore that failed', async () => {
    const rig = await ready();
    for (const key of rig.keys('velero/backups/b1/b1.tar.gz', REPLICA)) rig.s3.put(REPLICA, `${key}.moved`, '');
    rig.denied.push({ action: 's3:GetObject', resource: /b1\.tar\.gz$/ });
    const ended = await run(rig, [...CREATE, 'r1', '--from-backup=b1', '--wait']);
    expect(velero(rig.east, 'restores', 'r1').status.phase).toBe('Failed');
    expect(ended).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Restore completed with status: Failed'),
    });
  });

  it.each([
    [
      'a backup that is not there',
      ['r1', '--from-backup=nothing'],
      'An error occurred: backups.velero.io "nothing" not found',
    ],
    ['no source', ['r1'], 'An error occurred: either a backup or schedule must be specified, but not both'],
    ['a misspelt flag', ['r1', '--from-backups=b1'], 'Error: unknown flag: --from-backups'],
    [
      'a wrong policy',
      ['r1', '--from-backup=b1', '--existing-resource-policy=replace'],
      'existing-resource-policy has invalid value',
    ],
    ['two names', ['r1', 'r2', '--from-backup=b1'], 'accepts at most 1 arg(s), received 2'],
  ])('refuses %s', async (_what, args, message) => {
    const rig = await ready();
    const ended = await run(rig, [...CREATE, ...args]);
    expect(ended.exitCode).toBe(1);
    expect(ended.message).toContain(message);
    expect(rig.east.store.list('restores.velero.io')).toEqual([]);
  });

  it('prints the restore, and sends nothing, when asked for output', async () => {
    const rig = await ready();
    const ended = await run(rig, [...CREATE, 'r1', '--from-backup=b1', '-o', 'json']);
    expect(JSON.parse(ended.output)).toMatchObject({ kind: 'Restore', metadata: { name: 'r1' } });
    expect(rig.east.store.list('restores.velero.io')).toEqual([]);
  });
});

describe('the other commands', () => {
  it('make locations, schedules and backups', async () => {
    const rig = new VeleroRig();
    seed(rig.east, admin);
    rig.installBoth();
    rig.start();
    await rig.pass(30);
    const made = await run(rig, [
      ...[
        '/velero',
        'backup-location',
        'create',
        'west',
        '--provider=aws',
        `--bucket=${SOURCE}`,
        '--access-mode=ReadOnly',
      ],
      ...['--config=region=us-east-1', '--backup-sync-period=30s'],
    ]);
    expect(made.exitCode).toBe(0);
    expect(velero(rig.east, 'backupstoragelocations', 'west').spec).toMatchObject({
      accessMode: 'ReadOnly',
      backupSyncPeriod: '30s',
    });
    const wrong = await run(
      rig,
      ['/velero', 'backup-location', 'create', 'x', '--provider=aws', '--bucket=b', '--access-mode=readonly'],
      { name: 'wrong' },
    );
    expect(wrong).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('invalid argument "readonly" for "--access-mode" flag'),
    });
    await run(
      rig,
      ['/velero', 'schedule', 'create', 'daily', '--schedule=0 2 * * *', '--ttl=48h', '--include-namespaces=shop'],
      { name: 'schedule' },
    );
    expect(velero(rig.east, 'schedules', 'daily').spec).toMatchObject({
      schedule: '0 2 * * *',
      template: { ttl: '48h', includedNamespaces: ['shop'] },
    });
    await run(rig, ['/velero', 'schedule', 'pause', 'daily'], { name: 'pause' });
    expect(velero(rig.east, 'schedules', 'daily').spec.paused).toBe(true);
    await run(rig, ['/velero', 'backup', 'create', '--from-schedule=daily', '--wait'], { name: 'backup' });
    const [backup] = rig.east.store.list('backups.velero.io');
    expect(backup.metadata.name).toMatch(/^daily-20260301\d{6}$/);
    expect(backup.status.phase).toBe('FailedValidation');
  });
});
