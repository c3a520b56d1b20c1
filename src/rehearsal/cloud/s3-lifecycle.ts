import type { Bucket } from './s3-bucket.ts';
import type { ObjectVersion } from './s3-object.ts';
import type { LifecycleRule } from './s3-settings.ts';
import type { Input } from './service.ts';

export type LifecycleVerdict = { expire: ObjectVersion[]; remove: ObjectVersion[] };

const DAY_MS = 86_400_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export function lifecycleRules(configuration: Input): LifecycleRule[] {
  const rules: Input[] = configuration?.Rules ?? [];
  return rules
    .filter((rule) => rule.Status === 'Enabled')
    .map((rule) => {
      const noncurrent = rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
      return {
        prefix: rule.Prefix ?? rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? '',
        ...(rule.ExpirationInDays === undefined ? {} : { expireAfterDays: Number(rule.ExpirationInDays) }),
        ...(noncurrent === undefined ? {} : { expireNoncurrentAfterDays: Number(noncurrent) }),
        removeLoneDeleteMarkers: rule.ExpiredObjectDeleteMarker === true,
      };
    });
}

/**
 * What the rules do at `now`: a current version expires by a delete marker, a noncurrent one for good. A version
 * under Object Lock stays. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export function applyLifecycle(bucket: Bucket, now: number): LifecycleVerdict {
  const verdict: LifecycleVerdict = { expire: [], remove: [] };
  for (const rule of bucket.settings.lifecycle)
    for (const key of bucket.keys(rule.prefix)) judgeVersions(bucket.versionsOf(key), rule, now, verdict);
  return verdict;
}

function judgeVersions(
  versions: readonly ObjectVersion[],
  rule: LifecycleRule,
  now: number,
  verdict: LifecycleVerdict,
): void {
  const [current] = versions;
  if (current === undefined) return;
  if (current.deleteMarker) {
    if (rule.removeLoneDeleteMarkers && versions.length === 1) verdict.remove.push(current);
  } else if (older(current.lastModified, rule.expireAfterDays, now)) verdict.expire.push(current);
  let becameNoncurrentAt = current.lastModified;
  for (const version of versions.slice(1)) {
    if (older(becameNoncurrentAt, rule.expireNoncurrentAfterDays, now) && !locked(version, now))
      verdict.remove.push(version);
    becameNoncurrentAt = version.lastModified;
  }
}

const older = (since: number, days: number | undefined, now: number): boolean =>
  days !== undefined && now - since >= days * DAY_MS;

export const locked = (version: ObjectVersion, now: number): boolean =>
  version.legalHold || (version.retention !== undefined && version.retention.until > now);
