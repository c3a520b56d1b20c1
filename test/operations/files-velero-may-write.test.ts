import { describe, expect, it } from '@jest/globals';
import { CLAIM, claim, FOLDER, items, judged, NAME, whole, withFile, withMetadata, zipped } from './changed-backup.ts';
import type { MemoryBucket } from './memory-bucket.ts';

describe('files as Velero may write them too', () => {
  it.each<[string, MemoryBucket]>([
    ['empty lists as null', withFile('-volumeinfo.json.gz', zipped('null'))],
    ['a kind of which there are none as null', withFile('-resource-list.json.gz', zipped({ 'v1/Pod': null }))],
    ['no list of resources', withFile('-resource-list.json.gz', undefined)],
    ['no logs', withFile('-logs.gz', undefined)],
    [
      'every namespace as null',
      withMetadata((it) => {
        it.spec.includedNamespaces = null;
      }),
    ],
    ['a claim that is bound to nothing', items({ [CLAIM]: claim('') })],
    ['no objects at all', items({})],
    [
      'an object with a very long name',
      items({
        [`resources/configmaps/namespaces/monitoring/${'x'.repeat(200)}.json`]:
          '{"apiVersion":"v1","kind":"ConfigMap"}',
      }),
    ],
    [
      'a volume that was left out on request',
      withFile(
        '-volumeinfo.json.gz',
        zipped([
          {
            pvcNamespace: 'monitoring',
            pvcName: 'data',
            skipped: true,
            skippedReason: 'opted out due to annotation in pod grafana',
          },
        ]),
      ),
    ],
  ])('leave the point restorable: %s', async (_, bucket) => {
    expect(await judged(bucket)).toMatchObject({ verdict: 'restorable' });
  });

  it('tell a volume that nobody asked to skip, and one whose snapshot stays in its region', async () => {
    const skipped = { pvcNamespace: 'monitoring', pvcName: 'data', skipped: true, skippedReason: 'not mounted' };
    const native = { pvcNamespace: 'monitoring', pvcName: 'data', backupMethod: 'NativeSnapshot', result: 'succeeded' };
    for (const volume of [skipped, native]) {
      const point = await judged(withFile('-volumeinfo.json.gz', zipped([volume])));
      expect(point).toMatchObject({ verdict: 'not-portable', volumes: [{ name: 'data', portable: false }] });
    }
  });

  it.each([
    ['Finalizing', 'arriving'],
    ['WaitingForPluginOperationsPartiallyFailed', 'arriving'],
    ['PartiallyFailed', 'failed'],
    ['Failed', 'failed'],
  ])('tell that Velero says %s: %s', async (phase, verdict) => {
    const bucket = withMetadata((it) => {
      it.status.phase = phase;
    });
    expect((await judged(bucket)).verdict).toBe(verdict);
  });

  it('count by the time at which they are judged', async () => {
    expect((await judged(whole, new Date('2026-11-20T22:00:00Z'))).reason).toContain('still to come');
    expect((await judged(whole, new Date('2026-11-27T22:00:00Z'))).verdict).toBe('expired');
    const without = withFile('.tar.gz', undefined);
    expect((await judged(without)).verdict).toBe('arriving');
    expect(await judged(without, new Date('2026-11-21T03:00:00Z'))).toMatchObject({
      verdict: 'incomplete',
      missing: [`${FOLDER}${NAME}.tar.gz`],
    });
  });
});
