import type { ObjectVersion } from '../../../../src/rehearsal/cloud/s3-object.ts';
import { noteDamage } from '../../../../src/rehearsal/cluster/velero/kopia/damage.ts';
import { knowledgeOf } from '../../../../src/rehearsal/cluster/velero/velero.ts';
import type { Random } from '../../../../src/rehearsal/kernel/random.ts';
import { filled, REPLICA, SOURCE, VeleroRig, velero } from './velero-rig.ts';

/** What the west wrote for its one backup, in order: new versions and delete markers. */
export type Writes = { objects: ObjectVersion[]; volumes: Volume[] };

/** A volume, and the session of kopia's that wrote its snapshot. */
type Volume = { claim: string; namespace: string; session: string };

/** What came of a restore in the east: which phase the backup was synced with, and which volumes came back whole. */
export type Outcome = { synced: string | undefined; restore: string | undefined; whole: string[] };

const METADATA = 'velero/backups/b1/velero-backup.json';

export async function backUpInTheWest(): Promise<Writes> {
  const { s3, west } = await VeleroRig.backedUp();
  const bucket = s3.find(SOURCE);
  if (bucket === undefined) throw new Error('there is no bucket');
  const objects = [...bucket.keys('')].flatMap((key) => [...bucket.versionsOf(key)]);
  objects.sort((a, b) => a.lastModified - b.lastModified);
  const packs = objects.filter(({ key }) => /\/kopia\/[^/]+\/p/.test(key));
  const backups = west.store.list('podvolumebackups.velero.io');
  backups.sort((a, b) => a.status.startTimestamp.localeCompare(b.status.startTimestamp));
  const volumes = backups.map(({ metadata, spec }, index) => ({
    claim: `${spec.pod.namespace}/${metadata.annotations['velero.io/pvc-name']}`,
    namespace: spec.pod.namespace,
    session: sessionIn(packs[index]?.key ?? ''),
  }));
  return { objects, volumes };
}

const sessionIn = (key: string): string => /-(s[0-9a-f]+)/.exec(key)?.[1] ?? '';

/** An east with these writes in its bucket, and nothing known of them yet. */
export function eastWith(objects: ObjectVersion[], damaged?: string): VeleroRig {
  const rig = new VeleroRig();
  for (const object of objects) arrive(rig, object, object.key === damaged);
  if (damaged !== undefined) noteDamage(knowledgeOf(rig.east));
  rig.installBoth();
  rig.east.start();
  return rig;
}

/** As S3 replicates: each version keeps its time, so that an older one that comes later does not become current. */
export function arrive({ s3 }: VeleroRig, object: ObjectVersion, damaged = false): void {
  const bucket = s3.find(REPLICA);
  if (object.deleteMarker) bucket?.add(object);
  else if (damaged)
    s3.put(REPLICA, object.key, Buffer.alloc(object.size, 'garbage'), { lastModified: object.lastModified });
  else bucket?.add(object.replica());
}

export async function restoredFrom(objects: ObjectVersion[], damaged?: string): Promise<Outcome> {
  const rig = eastWith(objects, damaged);
  await rig.pass(75);
  const synced: string | undefined = velero(rig.east, 'backups', 'b1')?.status.phase;
  if (synced === undefined) return { synced, restore: undefined, whole: [] };
  const restore = await rig.restore('b1');
  await rig.pass(30);
  const whole = Object.entries(filled(rig.east)).flatMap(([claim, lastWrite]) => (lastWrite === null ? [] : [claim]));
  return { synced, restore: restore.status.phase, whole: whole.sort() };
}

/**
 * What the real Velero 1.18.2 did with a copy that had these objects and no others, by what was seen when single ones
 * were left out of it.
 */
export function asSeen({ objects, volumes }: Writes, arrived: ObjectVersion[]): Outcome {
  const all = volumes.map(({ claim }) => claim).sort();
  const keys = new Set(arrived.filter(({ deleteMarker }) => !deleteMarker).map(({ key }) => key));
  const final = objects.findLast(({ key }) => key === METADATA);
  if (final === undefined || !arrived.includes(final)) return { synced: undefined, restore: undefined, whole: [] };
  const synced = 'Completed';
  if (!keys.has('velero/backups/b1/b1.tar.gz')) return { synced, restore: 'Failed', whole: [] };
  if (!keys.has('velero/backups/b1/b1-podvolumebackups.json.gz')) return { synced, restore: 'Completed', whole: [] };
  const whole = volumes.filter((volume) => isReadable(keys, volume)).map(({ claim }) => claim);
  return { synced, restore: whole.length === all.length ? 'Completed' : 'PartiallyFailed', whole: whole.sort() };
}

function isReadable(keys: ReadonlySet<string>, { namespace, session }: Volume): boolean {
  const blobs = [...keys]
    .filter((key) => key.startsWith(`velero/kopia/${namespace}/`))
    .map((key) => key.slice(`velero/kopia/${namespace}/`.length));
  const sessionsOf = (kind: RegExp): Set<string> => new Set(blobs.filter((blob) => kind.test(blob)).map(sessionIn));
  const [indexes, manifests, data] = [sessionsOf(/^xn/), sessionsOf(/^q/), sessionsOf(/^p/)];
  if (!blobs.includes('kopia.repository')) return false;
  if ([...indexes].some((indexed) => !manifests.has(indexed))) return false;
  return indexes.has(session) && data.has(session);
}

/** The same in an order that chance draws, but for the metadata, which are first: so that every later one is missed. */
export function metadataFirst(objects: ObjectVersion[], random: Random): ObjectVersion[] {
  const rest = objects.filter(({ key }) => key !== METADATA);
  for (let i = rest.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [rest[i], rest[j]] = [rest[j] as ObjectVersion, rest[i] as ObjectVersion];
  }
  return [...objects.filter(({ key }) => key === METADATA), ...rest];
}
