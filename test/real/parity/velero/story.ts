import type { StoredObject } from '../../s3/write.ts';
import { VeleroCluster } from './cluster.ts';
import type { Held, Method, Place } from './place.ts';
import {
  backupOf,
  location,
  NAMESPACES,
  PLAN,
  PODS,
  platform,
  snapshotClass,
  storageClass,
  WEST_BUCKET,
} from './platform.ts';

/**
 * What happened in the west before any case begins: a platform, and two backups of it with a change between them; one where
 * snapshots are moved, which takes its time.
 */
export type Story = {
  west: VeleroCluster;
  method: Method;
  s3: Place['s3'];
  /** All that the backups left in the bucket, in the order of writing. */
  written: StoredObject[];
  /** What each volume held at a backup, by the backup and the claim. */
  held: Map<string, Map<string, Held>>;
};

const BACKUPS: Record<Method, string[]> = { files: ['earlier', 'later'], snapshots: ['later'] };

export async function tellStory({ west: site, method, s3, settledMs }: Place): Promise<Story> {
  const west = new VeleroCluster(site);
  await s3.makeBucket(WEST_BUCKET, PLAN.sites.primary.region);
  await west.make([storageClass(), ...(method === 'snapshots' ? [snapshotClass()] : []), ...platform()]);
  await west.setUp(location('primary'), method);
  const pods = await west.settled(settledMs);
  if (pods.length < PODS) throw new Error(`the platform has ${pods.length} pods of ${PODS}`);
  const held: Story['held'] = new Map();
  for (const name of BACKUPS[method]) {
    const volumes = await west.claims();
    for (const pv of volumes.values()) await west.volumes.write(pv);
    await west.make([backupOf(name, NAMESPACES, method)]);
    await west.ended('Backup', name);
    const reads = [...volumes].map(async ([claim, pv]) => [claim, await west.volumes.read(pv)] as const);
    held.set(name, new Map(await Promise.all(reads)));
  }
  return { west, method, s3, held, written: await current(s3) };
}

async function current(s3: Place['s3']): Promise<StoredObject[]> {
  const there = new Set((await s3.list(WEST_BUCKET)).map(({ versionId }) => versionId));
  return (await s3.versions(WEST_BUCKET)).filter(({ versionId }) => there.has(versionId));
}
