import { describe, expect, it } from '@jest/globals';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { results, VeleroRig } from './velero-rig.ts';

describe('a restore that cannot start', () => {
  it.each([
    [
      'of a backup that is not there',
      { backupName: 'nothing' },
      `Error retrieving backup: can't find backup velero/nothing: Backup.velero.io "nothing" not found`,
    ],
    [
      'of nothing',
      { backupName: '' },
      'Either a backup or schedule must be specified as a source for the restore, but not both',
    ],
    ['of nodes', { includedResources: ['nodes'] }, 'nodes are non-restorable resources'],
    ['with an unknown policy', { existingResourcePolicy: 'replace' }, 'Invalid ExistingResourcePolicy: replace'],
  ])('is refused %s', async (_what, spec, message) => {
    const rig = await VeleroRig.ready();
    const restore = await rig.restore('b1', spec);
    expect(restore.status).toMatchObject({ phase: 'FailedValidation', validationErrors: [message] });
  });

  it('is refused while its location is not available', async () => {
    const rig = await VeleroRig.ready();
    rig.denied.push({ action: 's3:ListBucket', resource: /backups-east/ });
    await rig.pass(120);
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: ['The BSL replica is unavailable, cannot retrieve the backup'],
    });
  });
});

describe('webhooks and namespaces in the way', () => {
  it('fails what a webhook without endpoints would have to see', async () => {
    const rig = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingWebhookConfiguration',
          metadata: { name: 'guard' },
          webhooks: [
            {
              name: 'guard.example.com',
              failurePolicy: 'Fail',
              clientConfig: { service: { namespace: 'guard', name: 'guard' } },
              rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
              sideEffects: 'None',
              admissionReviewVersions: ['v1'],
            },
          ],
        },
      ]),
    );
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.namespaces.shop.some((message: string) => message.includes('webhook'))).toBe(true);
  });

  it('waits ten minutes for a namespace that does not go away', async () => {
    const rig = await VeleroRig.ready({}, ({ east }) =>
      seed(east, [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', finalizers: ['example.com/stuck'] } },
      ]),
    );
    rig.east.store.remove({ resource: 'namespaces', name: 'shop' });
    const started = rig.kernel.now;
    const restore = await rig.restore('b1', { includedResources: ['configmaps'] });
    expect(rig.kernel.now - started).toBeGreaterThan(600_000);
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(results(rig).errors.velero[0]).toContain('timed out waiting for terminating namespace shop');
  });
});
