/** How long something takes, in seconds, at the median and at the ninetieth percentile. */
export type Figure = { p50: number; p90: number; source: string };

/** A part of a recovery's time. */
export type RtoTerm = Figure & { what: string };

/** By the names that the twin draws its latencies under; a test holds these to those. */
export const FIGURES = {
  's3.replication': {
    p50: 10,
    p90: 60,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html',
  },
  'velero.backupItem': { p50: 0.01, p90: 0.02, source: 'seen with Velero 1.18.2' },
  'velero.backupMegabyte': {
    p50: 0.0093,
    p90: 0.0159,
    source: 'https://velero.io/docs/v1.18/performance-guidance/ (kopia: 107 MB/s, slow 63 MB/s)',
  },
  'velero.volumeOverhead': { p50: 5, p90: 5, source: 'seen with Velero 1.18.2' },
  'volume.snapshotReady': {
    p50: 45,
    p90: 150,
    source: 'EBS copies what changed since the last snapshot, and AWS publishes no number; assumed',
  },
  'volume.provision': { p50: 8, p90: 20, source: 'EBS CSI, create and attach; assumed' },
  'velero.restorePause': { p50: 2, p90: 5, source: 'https://github.com/vmware-tanzu/velero/issues/1413' },
  'velero.restoreItem': {
    p50: 0.04,
    p90: 0.1,
    source: 'https://github.com/vmware-tanzu/velero/issues/6845 (25 a second, slow 10)',
  },
  'velero.restoreMegabyte': {
    p50: 0.0385,
    p90: 0.0667,
    source: 'https://github.com/vmware-tanzu/velero/issues/5920 (26 MB/s, slow 15 MB/s)',
  },
  'velero.install': { p50: 45, p90: 90, source: 'image pull and custom resource definitions; assumed' },
  'eks.createCluster': { p50: 620, p90: 740, source: '19 public Terraform logs, 2022 to 2026' },
  'eks.addon': { p50: 15, p90: 47, source: '9 public Terraform logs, 2022 to 2026' },
  'eks.autoModeNode': { p50: 38, p90: 65, source: 'https://shinyaz.com, EKS Auto Mode: pod pending to node ready' },
  'image.pull': { p50: 4, p90: 12, source: 'a typical image from the same region; assumed' },
  'pod.start': { p50: 2, p90: 5, source: 'a container whose image is there; assumed' },
  'elb.registerTarget': { p50: 12, p90: 25, source: 'registration and first health checks; assumed' },
  'route53.flipByHealthCheck': {
    p50: 30,
    p90: 60,
    source:
      'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html',
  },
  'lambda.init': { p50: 0.3, p90: 0.4, source: 'https://github.com/maxday/lambda-perf' },
} as const satisfies Record<string, Figure>;

/** Three failed checks ten seconds apart, and the alarm on them. */
export const ROUTE53_ALARM: Figure = {
  p50: 45,
  p90: 75,
  source:
    'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html (10 s, 3 times, and the alarm)',
};

/** 99.99 % of objects have arrived by then. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
export const REPLICATION_BOUND_SECONDS = 900;

/** A moment at random within a period: its median, and its ninetieth percentile. */
export const within = (seconds: number, source: string): Figure => ({
  p50: seconds / 2,
  p90: seconds * 0.9,
  source,
});

/** One after another: medians as the median, ninetieth percentiles as a bound of the ninetieth, which is less. */
export function sumOf(figures: readonly { p50: number; p90: number }[]): { p50: number; p90: number } {
  return figures.reduce((sum, { p50, p90 }) => ({ p50: sum.p50 + p50, p90: sum.p90 + p90 }), { p50: 0, p90: 0 });
}

/** So many, one after another. */
export const times = (count: number, { p50, p90, source }: Figure): Figure => ({
  p50: count * p50,
  p90: count * p90,
  source,
});
