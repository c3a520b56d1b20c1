/** Regional, dual-stack, legacy (with a hyphen) and global ones. https://docs.aws.amazon.com/general/latest/gr/s3.html */
const HOST =
  /^(?:(?<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?<region>[a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?::\d+)?$/;

/** Where a host of S3 leads: to a bucket, or to all of a region. Nowhere, when it is not S3's. */
export function s3Host(host: string): { bucket?: string; region: string } | undefined {
  const found = HOST.exec(host)?.groups;
  if (found === undefined) return undefined;
  const { bucket, region = 'us-east-1' } = found;
  return bucket === undefined ? { region } : { bucket, region };
}
