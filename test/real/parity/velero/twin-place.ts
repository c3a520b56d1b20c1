import type { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { Content } from '../../../../src/rehearsal/cluster/volumes.ts';
import { VeleroRig } from '../../../rehearsal/cluster/velero/velero-rig.ts';
import { serverOf } from '../servers.ts';
import type { Held, Method, Place, Volumes } from './place.ts';
import { twinS3 } from './twin-s3.ts';

const BYTES = 80_000;
/** Images are pulled and volumes made, all within this. */
const SETTLED_MS = 120_000;

export function twinPlace(lie: (rig: VeleroRig) => void = () => {}, method: Method = 'files'): Place {
  const rig = new VeleroRig();
  if (method === 'snapshots') for (const cluster of [rig.west, rig.east]) cluster.install('snapshot-controller');
  lie(rig);
  rig.start();
  const site = (cluster: Cluster) => ({
    name: cluster.host.name,
    server: serverOf({ kernel: rig.kernel, cluster }),
    volumes: volumesOf(cluster),
  });
  return { method, west: site(rig.west), easts: [site(rig.east)], s3: twinS3(rig), settledMs: SETTLED_MS };
}

/** Nobody writes to these but the test. */
const volumesOf = ({ volumes }: Cluster): Volumes => ({
  read: async (pv) => heldAs(volumes.contentAt(pv)),
  write: async (pv) => {
    const { lastWrite } = volumes.base(pv);
    volumes.fill(pv, { ...volumes.contentAt(pv), lastWrite: (lastWrite ?? 0) + 1, bytes: BYTES });
  },
  lose: async (pv) => {
    const content = volumes.snapshot(pv);
    volumes.delete(pv);
    return () => {
      volumes.add(pv, content.bytes);
      volumes.fill(pv, content);
    };
  },
});

/** The twin knows of a volume that could not be read whole how much it has, and no more. */
function heldAs({ bytes, lastWrite, origin }: Content): Held {
  if (bytes === 0) return {};
  return { everything: lastWrite === null ? '' : `${origin} ${lastWrite}` };
}
