import { veleroSchedule } from '../domain/velero-locations.ts';
import { adoptPastBackups } from './cluster/velero/past-adoption.ts';
import { buildPastBackups } from './cluster/velero/past-backups.ts';
import { scheduleTimes } from './cluster/velero/schedule-times.ts';
import type { Twin } from './twin.ts';

/** The past reaches back this far, and holds at most so many backups of each schedule: enough to choose from. */
const DAY_MS = 86_400_000;
const BACKUPS_EACH = 8;
/** The location's name in both clusters. */
const LOCATION = 'default';
const PREFIX = 'velero/';

/**
 * The backups of the day before, in the bucket, its replica and both clusters: built rather than simulated. The newest
 * of each schedule is sealed by the function that seals, from the event that S3 would have sent.
 */
export function buildHistory(twin: Twin, until: number): void {
  const { plan, s3, kernel } = twin;
  const { bucket } = plan.stores.backups;
  const runs = plan.stores.backups.schedules.map((schedule) => {
    const object = veleroSchedule(plan, schedule);
    return { schedule: object, moments: momentsOf(String((object.spec as { schedule: string }).schedule), until) };
  });
  const past = buildPastBackups({
    cluster: twin.cluster('primary'),
    random: kernel.random.fork('history'),
    put: (key, { body, size, payload }, lastModified) => {
      const known = { ...(size !== undefined && { size }), ...(payload !== undefined && { payload }) };
      s3.put(bucket, `${PREFIX}${key}`, body, { ...known, lastModified, settled: true });
    },
    location: LOCATION,
    runs,
  });
  adoptPastBackups(twin.cluster('primary'), past, LOCATION);
  adoptPastBackups(twin.cluster('standby'), past, LOCATION);
  for (const { schedule, moments } of runs) if (moments.length > 0) sealNewest(twin, String(schedule.metadata.name));
}

function momentsOf(cron: string, until: number): number[] {
  const next = scheduleTimes(cron);
  const moments: number[] = [];
  for (let at = next(until - DAY_MS); at < until; at = next(at)) moments.push(at);
  return moments.slice(-BACKUPS_EACH);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function sealNewest({ plan, s3, eventbridge }: Twin, schedule: string): void {
  const { bucket } = plan.stores.backups;
  const written = s3
    .list(bucket, `${PREFIX}backups/${schedule}-`)
    .filter(({ key }) => key.endsWith('/velero-backup.json'));
  const newest = written.at(-1);
  if (newest === undefined) return;
  const detail = {
    version: '0',
    bucket: { name: bucket },
    object: { key: newest.key, size: newest.size },
    reason: 'PutObject',
  };
  eventbridge.publish(plan.sites.primary.region, 'default', {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail,
  });
}
