import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePlan, parsePlanInput } from '../../src/plan/parse.ts';
import { problemLine } from '../../src/plan/problem.ts';
import { linesFor, planOf, SMALL_PLAN } from './small-plan.ts';

const linesOf = (text: string): string[] => {
  const parsed = parsePlan(text, 'lifeboat.yaml');
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
};

describe('parsing a plan', () => {
  it('gives the plan with its defaults, and the input as it was written', () => {
    const { plan, input } = planOf(SMALL_PLAN);
    expect(plan.decision).toEqual({ approval: 'required', timeout: 1800, onTimeout: 'hold' });
    expect(plan.detection).toMatchObject({ interval: 60, tightInterval: 10, holdDown: 60, giveUp: 900 });
    expect(plan.tiers[0]).toEqual({ name: 'critical', rto: 1800, rpo: 900 });
    expect(input.tiers[0]).toEqual({ name: 'critical', rto: '30m', rpo: '15m' });
    expect(input.decision).toBeUndefined();
  });

  it('gives an input that parses again to the same plan, after a trip through JSON', () => {
    const { plan, input } = planOf(SMALL_PLAN);
    expect(parsePlanInput(JSON.parse(JSON.stringify(input)), 'plan.json')).toEqual({ plan, input });
  });

  it('names file, line, field, what was found and what is allowed', () => {
    expect(linesFor(['rto: 30m', 'rto: soon'])).toEqual([
      'lifeboat.yaml:7: tiers.0.rto: found "soon", allowed: a length of time such as 30s, 15m, 24h or 30d',
    ]);
    const parsed = parsePlan(SMALL_PLAN.replace('rto: 30m', 'rto: soon'), 'lifeboat.yaml');
    expect('problems' in parsed && parsed.problems[0]).toMatchObject({
      file: 'lifeboat.yaml',
      line: 7,
      field: 'tiers.0.rto',
      found: '"soon"',
    });
  });

  it('tells every mistake at once, in the order of their lines, whether of shape or of sense', () => {
    const lines = linesFor(
      ['witness: { region: eu-west-1 }', 'control: { region: us-west-2 }\nwitness: { regoin: eu-west-1 }'],
      ['rto: 30m', 'rto: 30'],
      ['tier: normal, namespaces: [wiki]', 'tier: nomal, namespaces: [wiki]'],
    );
    expect(lines.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'lifeboat.yaml:5: control.region',
      'lifeboat.yaml:6: witness.region',
      'lifeboat.yaml:6: witness.regoin',
      'lifeboat.yaml:8: tiers.0.rto',
      'lifeboat.yaml:9: tiers.1.name',
      'lifeboat.yaml:15: workloads.1.tier',
    ]);
  });

  it('gives a missing field the line of the map that it is missing from', () => {
    expect(linesFor([', cluster: shop-dr', ''])).toEqual([
      'lifeboat.yaml:4: sites.standby.cluster: found nothing, allowed: a name of an EKS cluster: letters, digits, _ and -',
    ]);
    expect(linesFor(['name: shop\n', ''])).toEqual([expect.stringMatching(/^lifeboat.yaml:1: name: found nothing/)]);
  });

  it('names unknown fields with the known field that is nearest, or with all of them', () => {
    expect(linesFor(['keep: 24h', 'keep: 24h, keeps: 3d'])).toEqual([
      'lifeboat.yaml:22: stores.backups.schedules.0.keeps: found an unknown field, allowed: keep (did you mean that?)',
    ]);
    expect(linesFor(['keep: 24h', 'keep: 24h, zzzz: 3d'])[0]).toContain('allowed: name, every, cron, namespaces');
    expect(linesFor(['path: /health', 'path: /health, metric: x'])[0]).toContain(
      'workloads.0.checks.0.metric: found an unknown field, allowed: kind, entryPoint, path, status',
    );
  });

  it.each([
    [['kind: http', 'kind: tcp'], 'workloads.0.checks.0.kind: found "tcp", allowed: http, metric'],
    [['kind: Service', 'kind: Pod'], 'entryPoints.0.target.kind: found "Pod", allowed: Service, Ingress'],
    [['port: 8080', 'port: 808080'], 'port: found 808080, allowed: a whole number from 1 to 65535'],
    [
      ['namespaces: [wiki], keep', 'namespaces: [Wiki], keep'],
      'schedules.1.namespaces.0: found "Wiki", allowed: a Kubernetes namespace',
    ],
    [
      ['namespaces: [wiki], keep', 'namespaces: some, keep'],
      'namespaces: found "some", allowed: all, or a list of at least 1, each a Kubernetes namespace',
    ],
    [['cron: 0 2 * * *, ', ''], 'schedules.2: found a map, allowed: either every or cron, and one of them'],
    [
      ['namespaces: [wiki] }', 'namespaces: [] }'],
      'workloads.1.namespaces: found an empty list, allowed: a list of at least 1',
    ],
    [['traffic: {', 'people: { email: [me] }\ntraffic: {'], 'people.email.0: found "me", allowed: an e-mail address'],
    [
      ['tier: normal, namespaces', 'replicas: { Pod/x: 1 }, tier: normal, namespaces'],
      'workloads.1.replicas.Pod/x: found "Pod/x", allowed: Deployment/name or StatefulSet/name',
    ],
    [['workloads:\n', 'posture: hot\nworkloads:\n'], 'posture: found "hot", allowed: pilot'],
  ] as [[string, string], string][])('says what is allowed: %j', (replacement, expected) => {
    expect(linesFor(replacement).join('\n')).toContain(expected);
  });

  it.each([
    ['an empty file', '', 'lifeboat.yaml:1: found an empty file, allowed: a plan'],
    ['only comments', '# nothing yet\n\n', 'lifeboat.yaml:1: found an empty file, allowed: a plan'],
    ['a list', '- name: shop\n', 'lifeboat.yaml:1: found a list, allowed: a plan'],
    ['a scalar', '\n42\n', 'lifeboat.yaml:2: found only the value 42, allowed: a plan'],
    ['a tab', 'name: shop\nsites:\n\tprimary: x\n', 'lifeboat.yaml:3: found text that is not YAML'],
    ['an open bracket', 'name: [shop\nsites: x\n', 'lifeboat.yaml:2: found text that is not YAML'],
    [
      'a field given twice',
      'name: a\nname: b\n',
      'lifeboat.yaml:2: found the field name twice, allowed: each field once',
    ],
    ['a second document', `${SMALL_PLAN}---\nname: other\n`, ': found a second document, allowed: one document'],
    [
      'aliases that explode',
      `a: &a [1]\n${'bcdefgh'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      'cannot be read as YAML',
    ],
    ['nesting without end', '['.repeat(20_000), 'lifeboat.yaml:1: found text that'],
  ])('tells %s in one line', (_, text, expected) => {
    const lines = linesOf(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(expected);
    expect(lines[0]).not.toContain('\n');
  });

  it('reads anchors, merge keys, Windows line ends and a byte-order mark', () => {
    const text = `\uFEFF${SMALL_PLAN.replace('{ region: us-west-2, cluster: shop }', '&west { region: us-west-2, cluster: shop }').replace('{ region: us-east-1, cluster: shop-dr }', '{ <<: *west, region: us-east-1 }')}`;
    const { plan } = planOf(text.replaceAll('\n', '\r\n'));
    expect(plan.sites.standby).toMatchObject({ region: 'us-east-1', cluster: 'shop' });
  });

  it('judges input that is JSON already, without lines', () => {
    const parsed = parsePlanInput({ name: 'Shop!' }, 'plan.json');
    const lines = 'problems' in parsed ? parsed.problems.map(problemLine) : [];
    expect(lines).toContain('plan.json: sites: found nothing, allowed: a map of primary, standby');
    expect(lines.every((line) => line.startsWith('plan.json: '))).toBe(true);
  });

  it('takes fields of null as missing', () => {
    expect(linesFor(['tiers:\n', 'decision:\ntiers:\n'])[0]).toContain(
      'decision: found nothing, allowed: a map of approval',
    );
  });

  it('tells problems, and never throws, whatever stands in the place of any part of a plan', () => {
    const { input } = planOf(SMALL_PLAN);
    const places = placesIn(input, []);
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('critical', 'orders', 'wiki', '5m', 0, null, [], {}),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), anything), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const changed = changes.reduce<unknown>(
            (value, [path, replacement]) => replaced(value, path, replacement),
            input,
          );
          const parsed = parsePlanInput(JSON.parse(JSON.stringify(changed)), 'plan.json');
          if ('plan' in parsed) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const problem of parsed.problems) expect(problemLine(problem)).not.toContain('undefined');
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});

function placesIn(value: unknown, path: string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

function replaced(value: unknown, [step, ...rest]: string[], replacement: unknown): unknown {
  if (step === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  const change = ([key, item]: [string, unknown]) =>
    [key, key === step ? replaced(item, rest, replacement) : item] as const;
  return Array.isArray(value)
    ? value.map((item, index) => change([`${index}`, item])[1])
    : Object.fromEntries(Object.entries(value).map(change));
}
