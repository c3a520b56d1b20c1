import { describe, expect, it } from '@jest/globals';
import { linesFor } from './small-plan.ts';

const file = 'lifeboat.yaml';

describe('refusing what cannot be right', () => {
  it('accepts the small plan itself', () => {
    expect(linesFor()).toEqual([]);
  });

  it('refuses a control region equal to the primary', () => {
    expect(linesFor(['witness:', 'control: { region: us-west-2 }\nwitness:'])).toEqual([
      `${file}:5: control.region: found "us-west-2", allowed: a region other than the primary's, which Lifeboat must outlive`,
    ]);
  });

  it('refuses a standby region equal to the primary', () => {
    expect(linesFor(['us-east-1', 'us-west-2'])).toEqual([
      `${file}:4: sites.standby.region: found "us-west-2", allowed: a region other than the primary's`,
    ]);
  });

  it.each([
    ['primary', 'us-west-2'],
    ['control region', 'us-east-1'],
  ])('refuses a witness in the %s', (_, region) => {
    expect(linesFor(['eu-west-1', region])).toEqual([
      `${file}:5: witness.region: found "${region}", allowed: a third region: neither the primary's nor the control region`,
    ]);
  });

  it('refuses a tier without a workload', () => {
    expect(linesFor(['- { name: normal,', '- { name: spare, rto: 1h, rpo: 1h }\n  - { name: normal,'])).toEqual([
      `${file}:8: tiers.1.name: found "spare", a tier without a workload, allowed: a tier that a workload names`,
    ]);
  });

  it('refuses a workload and an entry point of an unknown tier', () => {
    expect(
      linesFor(['namespaces: [wiki] }', 'namespaces: [wiki] }\n  - { name: x, tier: gold, namespaces: [orders] }']),
    ).toContain(`${file}:15: workloads.2.tier: found "gold", allowed: one of the tiers: critical, normal`);
    expect(linesFor(['  - name: wiki\n    tier: normal', '  - name: wiki\n    tier: gold'])).toEqual([
      `${file}:33: entryPoints.1.tier: found "gold", allowed: one of the tiers: critical, normal`,
    ]);
  });

  it('refuses a check of an unknown entry point, or of one that is bound later than the workload is checked', () => {
    expect(linesFor(['entryPoint: orders', 'entryPoint: order'])).toEqual([
      `${file}:13: workloads.0.checks.0.entryPoint: found "order", allowed: one of the entry points: orders, wiki`,
    ]);
    expect(linesFor(['entryPoint: orders', 'entryPoint: wiki'])).toEqual([
      `${file}:13: workloads.0.checks.0.entryPoint: found "wiki", of the later tier normal, allowed: an entry point of tier critical or an earlier one`,
    ]);
  });

  it('refuses namespaces that no backup of everything covers, whether of workloads or of the platform', () => {
    const lines = linesFor(
      ['namespaces: [orders, ingress]', 'namespaces: [orders]'],
      ['cron: 0 2 * * *,', 'cron: 0 2 * * *, contents: configuration,'],
    );
    const allowed = 'a namespace that one of stores.backups.schedules covers with contents: everything';
    expect(lines).toEqual([
      `${file}:16: platform.0.namespaces.0: found "ingress", which no backup of everything covers, allowed: ${allowed}`,
    ]);
    expect(
      linesFor(
        ['namespaces: [wiki], keep', 'contents: configuration, namespaces: [wiki], keep'],
        ['cron: 0 2 * * *,', 'cron: 0 2 * * *, namespaces: [orders],'],
      ),
    ).toEqual([
      `${file}:14: workloads.1.namespaces.0: found "wiki", which no backup of everything covers, allowed: ${allowed}`,
    ]);
  });

  it('refuses a tier whose namespaces are covered, but by no schedule together: a tier is restored from one backup', () => {
    const lines = linesFor(
      ['namespaces: [orders, ingress]', 'namespaces: [orders]'],
      ['cron: 0 2 * * *,', 'cron: 0 2 * * *, namespaces: [ingress, wiki],'],
    );
    expect(lines).toEqual([
      `${file}:7: tiers.0.name: found "critical", which no one schedule covers, allowed: a tier that one schedule of everything covers whole: ingress, orders`,
    ]);
  });

  it('refuses a schedule for a namespace that nothing protects', () => {
    expect(linesFor(['namespaces: [wiki], keep', 'namespaces: [wiki, blog], keep'])).toEqual([
      `${file}:23: stores.backups.schedules.1.namespaces.1: found "blog", which no workload or platform component has, allowed: one of orders, wiki, ingress`,
    ]);
  });

  it('refuses names given twice', () => {
    expect(linesFor(['name: normal-2h', 'name: critical-5m'])).toEqual([
      `${file}:23: stores.backups.schedules.1.name: found "critical-5m" again, allowed: each name once`,
    ]);
    expect(linesFor(['- { name: wiki, tier', '- { name: orders, tier'])).toEqual([
      `${file}:14: workloads.1.name: found "orders" again, allowed: each name once`,
    ]);
    expect(linesFor(['- { name: normal, rto', '- { name: critical, rto'])).toContain(
      `${file}:8: tiers.1.name: found "critical" again, allowed: each name once`,
    );
    expect(linesFor(['  - name: wiki\n', '  - name: orders\n'])).toEqual([
      `${file}:32: entryPoints.1.name: found "orders" again, allowed: each name once`,
    ]);
  });

  it.each(['7m', '90m', '5h', '45s', '0m', '2d', '48h'])('refuses backups every %s', (every) => {
    expect(linesFor(['every: 5m', `every: ${every}`])).toEqual([
      `${file}:22: stores.backups.schedules.0.every: found "${every}", allowed: whole minutes that divide an hour, or whole hours that divide a day, such as 5m, 15m, 2h or 24h`,
    ]);
  });

  it.each(['1m', '60s', '30m', '60m', '1h', '12h', '1d', '24h'])('accepts backups every %s', (every) => {
    expect(linesFor(['every: 5m', `every: ${every}`])).toEqual([]);
  });

  it.each(['0 25 * * *', '61 2 * * *', '0 2 31 2 *', 'a b c d e', '0 2 * * 7', '*/0 * * * *'])(
    'refuses the cron text %s',
    (cron) => {
      expect(linesFor(['cron: 0 2 * * *', `cron: '${cron}'`])).toEqual([
        `${file}:24: stores.backups.schedules.2.cron: found "${cron}", allowed: five cron fields that come round, such as 0 2 * * *`,
      ]);
    },
  );

  it('refuses a namespace in workloads of different tiers, and one of the platform in a later tier', () => {
    expect(linesFor(['namespaces: [wiki] }', 'namespaces: [wiki, orders] }'])).toEqual([
      `${file}:14: workloads.1.namespaces.1: found "orders", which is restored with tier critical, allowed: a namespace of tier normal alone`,
    ]);
    expect(linesFor(['namespaces: [wiki] }', 'namespaces: [wiki, ingress] }'])).toEqual([
      `${file}:14: workloads.1.namespaces.1: found "ingress", which is restored with tier critical, allowed: a namespace of tier normal alone`,
    ]);
  });

  it('refuses a replica that is the backup bucket itself', () => {
    expect(linesFor(['replica: shop-backups-copy', 'replica: shop-backups'])).toEqual([
      `${file}:20: stores.backups.replica: found "shop-backups", allowed: a bucket of its own in the standby region; names of buckets are unique in all of AWS`,
    ]);
  });

  it('refuses a Service with several backends, or with a backend that is another Service', () => {
    expect(
      linesFor(['[{ service: orders, port: 8080 }]', '[{ service: orders, port: 8080 }, { service: b, port: 1 }]']),
    ).toEqual([
      `${file}:31: entryPoints.0.backends: found 2 backends, allowed: one backend, since a Service is its own and only one (an Ingress may have more)`,
    ]);
    expect(linesFor(['service: orders', 'service: order'])).toEqual([
      `${file}:31: entryPoints.0.backends.0.service: found "order", allowed: orders, the Service that the load balancer serves`,
    ]);
  });

  it.each(['wiki.example.org', 'example.com', 'notexample.com'])(
    'refuses the host %s, which is not inside the zone',
    (host) => {
      expect(linesFor(['wiki.example.com', host])).toEqual([
        `${file}:34: entryPoints.1.host: found "${host}", allowed: a name inside traffic.zone, such as wiki.example.com`,
      ]);
    },
  );

  it('refuses two entry points of one host, since each host has one pair of records', () => {
    expect(linesFor(['wiki.example.com', 'Orders.example.com'])).toEqual([
      `${file}:34: entryPoints.1.host: found "Orders.example.com" again, allowed: each host once`,
    ]);
  });

  it('refuses an entry point into a namespace that nothing protects', () => {
    expect(linesFor(['namespace: wiki', 'namespace: blog'])).toEqual([
      `${file}:36: entryPoints.1.target.namespace: found "blog", which no workload or platform component has, allowed: one of orders, wiki, ingress`,
    ]);
  });

  it('refuses probers that look more often than a schedule can, and votes that there are no observers for', () => {
    expect(linesFor(['witness:', 'detection: { interval: 30s }\nwitness:'])).toEqual([
      `${file}:5: detection.interval: found "30s", allowed: whole minutes, such as 1m`,
    ]);
    expect(linesFor(['witness: { region: eu-west-1 }', 'detection: { downVotes: 3 }'])).toEqual([
      `${file}:5: detection.downVotes: found 3, allowed: at most 2: the prober and the health checks, and a witness where the plan has one`,
    ]);
  });

  it('refuses a drill at a time that never comes', () => {
    const drill = "{ name: d, kind: restore, cron: '0 3 31 2 *', window: 2h }";
    expect(linesFor(['witness:', `drills: [${drill}]\nwitness:`])).toEqual([
      `${file}:5: drills.0.cron: found "0 3 31 2 *", allowed: five cron fields that come round, such as 0 2 * * *`,
    ]);
  });

  it('leaves promises that the backups cannot keep to the arithmetic', () => {
    expect(linesFor(['every: 5m', 'every: 12h'])).toEqual([]);
  });

  it('says nothing about what a hole in the plan leaves open', () => {
    expect(linesFor(['tier: critical\n    namespaces', 'tier: 7\n    namespaces'])).toHaveLength(1);
    expect(linesFor(['namespaces: [orders]', 'namespaces: [Orders]'])).toHaveLength(1);
    expect(linesFor(['{ name: critical, rto', '{ name: Critical, rto'])).toHaveLength(1);
    expect(
      linesFor(
        ['namespaces: [orders, ingress]', 'namespaces: [orders, In]'],
        ['cron: 0 2 * * *,', 'cron: 0 2 * * *, namespaces: [wiki],'],
      ),
    ).toHaveLength(1);
  });

  describe('of applications’ buckets and of Git', () => {
    const BUCKET = '{ name: shop-files, replica: shop-files-copy, rule: all, tier: critical }';
    const withBuckets = (...buckets: string[]) =>
      linesFor(['entryPoints:', `  buckets: [${buckets.join(', ')}]\nentryPoints:`]);

    it('accepts a bucket with its copy, its rule and its tier', () => {
      expect(withBuckets(BUCKET)).toEqual([]);
    });

    it('refuses a bucket of an unknown tier, and one that is named twice', () => {
      expect(withBuckets(BUCKET.replace('critical', 'gold'))).toEqual([
        `${file}:25: stores.buckets.0.tier: found "gold", allowed: one of the tiers: critical, normal`,
      ]);
      expect(withBuckets(BUCKET, BUCKET.replace('-copy', '-other'))).toEqual([
        `${file}:25: stores.buckets.1.name: found "shop-files" again, allowed: each name once`,
      ]);
    });

    it.each(['shop-files', 'shop-backups', 'shop-backups-copy'])('refuses %s as a copy', (replica) => {
      expect(withBuckets(BUCKET.replace('shop-files-copy', replica))[0]).toContain(
        `stores.buckets.0.replica: found "${replica}", allowed: a bucket of its own`,
      );
    });

    it('refuses a promise for Git that looks once an hour cannot show to be kept', () => {
      const git = '{ kind: Application, namespace: argocd, name: shop, rpo: 1h }';
      expect(linesFor(['entryPoints:', `  git: ${git}\nentryPoints:`])).toEqual([
        `${file}:25: stores.git.rpo: found "1h", allowed: 2h or longer: both sites are asked for their revision each hour`,
      ]);
    });
  });
});
