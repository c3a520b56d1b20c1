import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lifeboat, ROOT } from './command-line.ts';

const EXAMPLE = readFileSync(join(ROOT, 'lifeboat.yaml'), 'utf8');

/** A file with the example's plan, changed. */
function planWith(...replacements: [from: string | RegExp, to: string][]): string {
  let text = EXAMPLE;
  for (const [from, to] of replacements) {
    expect(text).toMatch(from);
    text = text.replace(from, to);
  }
  const path = join(mkdtempSync(join(tmpdir(), 'lifeboat-')), 'plan.yaml');
  writeFileSync(path, text);
  return path;
}

type Finding = { severity: string; tier?: string; what: string; change: string };

async function json(args: string[]) {
  const { status, out, err } = await lifeboat(['check', '--json', ...args]);
  const document = JSON.parse(out);
  const findings: Finding[] = document.findings;
  return { status, err, document, errors: findings.filter(({ severity }) => severity === 'error'), findings };
}

describe('lifeboat check', () => {
  it('calls the example feasible, and shows the arithmetic and what each posture costs', async () => {
    const { status, out, err } = await lifeboat(['check']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('✓ FEASIBLE.');
    expect(out).toMatch(/5m {2}between two backups \(critical every 5m\) \[\d+\]/);
    expect(out).toMatch(/pilot +\$\d+ .*← the plan/);
    expect(out).not.toContain('\u001b');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says by how much a plan of a daily full backup breaks its promise, and what would keep it', async () => {
    const { status, out } = await lifeboat(['check', '--plan', 'examples/infeasible.yaml']);
    expect(status).toBe(1);
    const flat = out.replace(/\s+/g, ' ');
    expect(flat).toContain('✗ NOT FEASIBLE.');
    expect(flat).toMatch(/critical can lose 24h 1m 1\ds: 23h 46m 1\ds more than the 15m promised/);
    expect(flat).toMatch(
      /add to stores.backups.schedules: \{ name: critical-often, every: 1[02]m, namespaces: \[knative-lambda\]/,
    );
    expect(flat).toContain(
      'config-hourly counts for nothing: no workload can be brought back from configuration alone',
    );
  });

  it('fits a narrow terminal, in colour', async () => {
    const { out } = await lifeboat(['check', '--plan', 'examples/infeasible.yaml'], { columns: 40, colour: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal takes for a style
    const plain = out.replace(/\u001b\[[\d;]*m/g, '');
    expect(plain.length).toBeLessThan(out.length);
    expect(plain.split('\n').filter((line) => line.length > 40)).toEqual([]);
  });
});

describe('lifeboat check --json', () => {
  it('prints one document with the terms of every number, and the rest on standard error', async () => {
    const { status, err, document } = await json([]);
    expect(status).toBe(0);
    expect(err).toContain('FEASIBLE');
    expect(Object.keys(document)).toEqual(['feasible', 'tiers', 'postures', 'findings']);
    expect(document.feasible).toBe(true);
    for (const { rpo, rto } of document.tiers) {
      expect(Object.keys(rpo)).toEqual(['target', 'worst', 'terms']);
      expect(Object.keys(rto)).toEqual(['target', 'p50', 'p90', 'terms']);
    }
    expect(document.postures.map(({ posture }: { posture: string }) => posture)).toEqual([
      'cold',
      'pilot',
      'warm',
      'hot',
    ]);
    const costs = document.postures.map(({ monthlyUsd }: { monthlyUsd: number }) => monthlyUsd);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  it('warns where only usual replication keeps the promise', async () => {
    const { findings } = await json([]);
    const bound = findings.filter(({ what }) => what.includes('99.99 %'));
    expect(bound.map(({ severity, tier }) => [severity, tier])).toEqual([['warning', 'critical']]);
  });

  it('warns where a tier promises more of a bucket than S3 answers for', async () => {
    const { findings } = await json([
      '--plan',
      planWith(['name: critical, rto: 30m, rpo: 15m', 'name: critical, rto: 30m, rpo: 10m']),
    ]);
    const bucket = findings.filter(({ what }) => what.includes('copy of bucket'));
    expect(bucket).toEqual([
      {
        severity: 'warning',
        tier: 'critical',
        what: expect.stringMatching(
          /knative-lambda-sources .* 1m behind .* answers for 15m; promised for critical is 10m/,
        ),
        change: expect.stringContaining('an rpo of 15m or more'),
      },
    ]);
    expect((await json([])).findings.filter(({ what }) => what.includes('copy of bucket'))).toEqual([]);
  });

  it('writes null for what has no end', async () => {
    const plan = planWith(
      [/ +- \{ name: full-daily.*\n/, ''],
      ['namespaces: [monitoring, grafana], keep: 7d', 'namespaces: [monitoring, grafana], keep: 1h'],
    );
    const { status, document, errors } = await json(['--plan', plan]);
    expect(status).toBe(1);
    expect(document.tiers[2].rpo.worst).toBeNull();
    expect(errors[0]?.what).toContain('in between there is none at all');
    expect(errors[0]?.change).toContain('stores.backups.schedules.normal: every: 3h, keep: 1d');
  });

  it('names the time-out that would keep the promise where nobody answers', async () => {
    const { status, errors } = await json([
      '--plan',
      planWith(
        ['approval: automatic', 'approval: required'],
        ['timeout: 30m', 'timeout: 2h'],
        ['onTimeout: hold', 'onTimeout: proceed'],
      ),
    ]);
    expect(status).toBe(1);
    expect(errors.map(({ tier }) => tier)).toEqual(['critical', 'important', 'normal']);
    expect(errors[0]?.change).toMatch(/^decision.timeout: 1\dm at most$/);
  });

  it('says that a person decides where the plan waits for one without end', async () => {
    const { status, findings } = await json(['--plan', planWith(['approval: automatic', 'approval: required'])]);
    expect(status).toBe(0);
    expect(findings.find(({ what }) => what.startsWith('a person must approve'))?.severity).toBe('warning');
  });

  it('says that no failover starts where too few observers are left', async () => {
    const plan = planWith(
      [/primary: \{ region: us-west-2/, 'primary: { region: us-east-1'],
      [/standby: \{ region: us-east-1/, 'standby: { region: us-west-2'],
      ['control: { region: us-east-1 }', ''],
      ['witness: { region: eu-west-1 }', ''],
    );
    const { status, document, errors } = await json(['--plan', plan]);
    expect(status).toBe(1);
    expect(document.tiers[0].rto.p90).toBeNull();
    expect(errors.map(({ what }) => what).join()).toContain('No failover starts by itself');
    expect((await json(['--plan', 'examples/mirrored.yaml'])).status).toBe(0);
  });

  it('counts objects and volumes in manifests, and names what no backup holds', async () => {
    const { status, findings } = await json(['--workloads', 'examples/knative-lambda']);
    expect(status).toBe(0);
    expect(findings.map(({ what }) => what).join()).toMatch(
      /\d+ objects and 10 volumes are counted in examples\/knative-lambda;/,
    );
    const other = await json(['--plan', 'examples/infeasible.yaml', '--workloads', 'examples/knative-lambda']);
    const unprotected = other.findings.find(({ what }) => what.includes('nothing of it is backed up'));
    expect(unprotected?.what).toContain('rabbitmq-system');
  });
});

describe('bad input to lifeboat check ends with status 2 and one line', () => {
  it.each([
    [['check', '--plan', 'no-such.yaml'], 'no-such.yaml: cannot be read: no such file or directory'],
    [['check', '--workloads', '/no/such'], '--workloads /no/such: no such file or directory'],
    [['check', '--plan', 'biome.json'], /^biome.json:\d+: /],
    [['check', 'region-loss'], /^lifeboat: too many arguments for 'check'/],
  ])('%j', async (args, line) => {
    const { status, out, err } = await lifeboat(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.split('\n')[0]).toMatch(line);
  });

  it('tells file, line and field of every mistake in a plan', async () => {
    const plan = planWith(['rto: 30m', 'rto: soon']);
    const { status, err } = await lifeboat(['check', '--json', '--plan', plan]);
    expect(status).toBe(2);
    expect(err).toMatch(/plan.yaml:\d+: tiers.0.rto: found "soon"/);
  });
});
