/**
 * A list price in us-east-1, in US dollars. Grade A: read in AWS's own text; B: read in somebody else's; U: from
 * memory, to be checked before a bill is promised to anybody.
 */
export type Price = { usd: number; per: string; grade: 'A' | 'B' | 'U'; source: string; read: string };

export const HOURS_A_MONTH = 730;

/** In order: standing by, entry points, control plane. */
export const PRICES = {
  cluster: {
    usd: 0.1,
    per: 'hour, in standard support',
    grade: 'A',
    source: 'https://aws.amazon.com/eks/pricing/',
    read: '2026-08',
  },
  natGateway: { usd: 0.045, per: 'hour', grade: 'A', source: 'https://aws.amazon.com/vpc/pricing/', read: '2026-08' },
  publicAddress: {
    usd: 0.005,
    per: 'hour and public IPv4 address, idle or not',
    grade: 'B',
    source: 'https://aws.amazon.com/vpc/pricing/',
    read: '2024-02',
  },
  loadBalancer: {
    usd: 0.0225,
    per: 'hour, without traffic',
    grade: 'U',
    source: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    read: 'not read',
  },
  alarm: {
    usd: 0.1,
    per: 'month and standard alarm, after the first ten',
    grade: 'U',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: 'not read',
  },
  metric: {
    usd: 0.3,
    per: 'month and custom metric, after the first ten',
    grade: 'A',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: '2026-08',
  },
  metricRequest: {
    usd: 0.01 / 1000,
    per: 'PutMetricData or GetMetricStatistics request, after the first million a month',
    grade: 'U',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: 'not read',
  },
  dashboard: {
    usd: 3,
    per: 'month and dashboard, after the first three of up to 50 metrics',
    grade: 'U',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: 'not read',
  },
  logGigabyte: {
    usd: 0.5,
    per: 'GB ingested',
    grade: 'U',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: 'not read',
  },
  trace: {
    usd: 5 / 1e6,
    per: 'recorded trace',
    grade: 'U',
    source: 'https://aws.amazon.com/xray/pricing/',
    read: 'not read',
  },
  healthCheck: {
    usd: 0.5,
    per: 'month, of an endpoint in AWS, after the first 50',
    grade: 'B',
    source: 'https://aws.amazon.com/route53/pricing/',
    read: '2026-10',
  },
  healthCheckOption: {
    usd: 1,
    per: 'month and option (HTTPS, string match, 10 s interval, latency), of an endpoint in AWS',
    grade: 'B',
    source: 'https://aws.amazon.com/route53/pricing/',
    read: '2026-10',
  },
  key: { usd: 1, per: 'month and key', grade: 'A', source: 'https://aws.amazon.com/kms/pricing/', read: '2026-08' },
  functionRequest: {
    usd: 0.2 / 1e6,
    per: 'request',
    grade: 'U',
    source: 'https://aws.amazon.com/lambda/pricing/',
    read: 'not read',
  },
  functionTime: {
    usd: 0.0000133334,
    per: 'GB-second, arm64',
    grade: 'B',
    source: 'https://aws.amazon.com/lambda/pricing/',
    read: '2026-08',
  },
  scheduledStart: {
    usd: 1 / 1e6,
    per: 'start by EventBridge Scheduler, after 14 million',
    grade: 'U',
    source: 'https://aws.amazon.com/eventbridge/pricing/',
    read: 'not read',
  },
  transition: {
    usd: 0.025 / 1000,
    per: 'state transition of a standard state machine',
    grade: 'A',
    source: 'https://aws.amazon.com/step-functions/pricing/',
    read: '2026-08',
  },
  objectWrite: {
    usd: 0.005 / 1000,
    per: 'PUT or LIST request to S3',
    grade: 'U',
    source: 'https://aws.amazon.com/s3/pricing/',
    read: 'not read',
  },
  objectRead: {
    usd: 0.0004 / 1000,
    per: 'GET or HEAD request to S3',
    grade: 'U',
    source: 'https://aws.amazon.com/s3/pricing/',
    read: 'not read',
  },
  tableWrite: {
    usd: 0.625 / 1e6,
    per: 'write request, on demand',
    grade: 'U',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    read: 'not read',
  },
  tableRead: {
    usd: 0.125 / 1e6,
    per: 'read request, on demand',
    grade: 'U',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    read: 'not read',
  },
} as const satisfies Record<string, Price>;
