import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { adoptPastBackups } from '../../../../src/rehearsal/cluster/velero/past-adoption.ts';
import { buildPastBackups } from '../../../../src/rehearsal/cluster/velero/past-backups.ts';
import { REPLICA, SOURCE, type VeleroRig } from './velero-rig.ts';

/** A schedule of both of the platform's namespaces. */
export const scheduled = (cron: string, volumes: KubeObject): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'Schedule',
  metadata: { namespace: 'velero', name: 'critical' },
  spec: { schedule: cron, template: { includedNamespaces: ['shop', 'queue'], ttl: '24h0m0s', ...volumes } },
});

/** Gives a world that is about to start backups of these moments, in both buckets and both clusters. */
export function putPast(rig: VeleroRig, schedule: KubeObject, moments: number[]): void {
  const past = buildPastBackups({
    cluster: rig.west,
    random: rig.kernel.random.fork('past'),
    location: 'default',
    runs: [{ schedule, moments }],
    put: (key, { body, ...rest }, lastModified) => {
      for (const bucket of [SOURCE, REPLICA])
        rig.s3.put(bucket, `velero/${key}`, body, { ...rest, lastModified, settled: true });
    },
  });
  adoptPastBackups(rig.west, past, 'default');
  adoptPastBackups(rig.east, past, 'replica');
}
