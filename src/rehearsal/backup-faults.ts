import type { Bucket } from './cloud/s3-bucket.ts';
import type { Caller } from './cloud/service.ts';
import { noteDamage } from './cluster/velero/kopia/damage.ts';
import { type Silence, silenceBackups } from './cluster/velero/silence.ts';
import { knowledgeOf } from './cluster/velero/velero.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { Random } from './kernel/random.ts';
import { keyPattern } from './key-pattern.ts';
import type { ResolvedFault } from './scenario-faults.ts';
import type { Twin } from './twin.ts';

type FaultOf<Kind extends ResolvedFault['kind']> = Extract<ResolvedFault, { kind: Kind }>;

/** A stream of each fault's own: a scenario may have two of a kind. */
const chanceOf = (twin: Twin, { kind, at }: ResolvedFault): Random => twin.kernel.random.fork(`${kind}/${at}`);

/** Which objects are held back is decided once for each, by the seed. */
export function holdSome(twin: Twin, fault: FaultOf<'partial-replication'>): () => void {
  const random = chanceOf(twin, fault);
  const isMeant = keyPattern(fault.keys ?? '*');
  const held = new Map<string, boolean>();
  return twin.s3.replication.holdBack((bucket, key, versionId) => {
    if (!isMeant(key)) return false;
    const name = `${bucket}/${key}/${versionId}`;
    const known = held.get(name) ?? random.next() < fault.probability;
    held.set(name, known);
    return known;
  });
}

/** Whoever can write to a bucket can ruin what is in it: a faulty program, or somebody with stolen credentials. */
const WRITER: Caller = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/backup-tools', session: 'cleanup' };
const BACKUPS = 'velero/*';

/**
 * S3 itself does not let objects rot (https://docs.aws.amazon.com/AmazonS3/latest/userguide/DataDurability.html). What
 * the field knows is a writer that puts garbage in their place: here of the same size, as a new version, which Object
 * Lock does not forbid, and which is replicated and told of like any other.
 */
export function damageBackups(twin: Twin, fault: FaultOf<'backup-corruption'>): void {
  const random = chanceOf(twin, fault);
  const isMeant = keyPattern(fault.keys ?? BACKUPS);
  const bucket = bucketIn(twin, fault.region ?? twin.plan.sites.primary.region);
  const damaged = twin.s3.list(bucket.name).filter(({ key }) => isMeant(key) && random.next() < fault.probability);
  for (const { key, size } of damaged) {
    twin.s3.write(bucket, { key, body: `garbage in place of ${key}`, size }, 'PutObject', WRITER);
  }
  for (const site of ['primary', 'standby'] as const) noteDamage(knowledgeOf(twin.cluster(site)));
  twin.world.record('objects damaged', { bucket: bucket.name, objects: damaged.length });
}

function bucketIn({ plan, s3 }: Twin, region: string): Bucket {
  const { bucket, replica } = plan.stores.backups;
  const name = { [plan.sites.primary.region]: bucket, [plan.sites.standby.region]: replica }[region];
  const found = name === undefined ? undefined : s3.find(name);
  if (found === undefined) throw new NotSimulated(`damage to backups in ${region}, where there are none,`);
  return found;
}

const SILENCES: readonly Silence[] = ['skipped', 'empty'];

/** Of the backups of the primary. */
export function silence(twin: Twin, fault: FaultOf<'backup-silent-failure'>): () => void {
  const how = SILENCES[chanceOf(twin, fault).below(SILENCES.length)] ?? 'skipped';
  twin.world.record('backups hold no volumes', { how });
  return silenceBackups(twin.cluster('primary'), how);
}
