import { parsePlan } from '../../src/plan/parse.ts';
import { problemLine } from '../../src/plan/problem.ts';
import type { Plan, PlanInput } from '../../src/plan/schema.ts';

/** The smallest plan that has one of everything; line 1 is its name. */
export const SMALL_PLAN = `name: shop
sites:
  primary: { region: us-west-2, cluster: shop }
  standby: { region: us-east-1, cluster: shop-dr }
witness: { region: eu-west-1 }
tiers:
  - { name: critical, rto: 30m, rpo: 15m }
  - { name: normal, rto: 2h, rpo: 4h }
workloads:
  - name: orders
    tier: critical
    namespaces: [orders]
    checks: [{ kind: http, entryPoint: orders, path: /health }]
  - { name: wiki, tier: normal, namespaces: [wiki] }
platform:
  - { name: ingress, namespaces: [ingress] }
stores:
  backups:
    bucket: shop-backups
    replica: shop-backups-copy
    schedules:
      - { name: critical-5m, every: 5m, namespaces: [orders, ingress], keep: 24h }
      - { name: normal-2h, every: 2h, namespaces: [wiki], keep: 7d }
      - { name: daily, cron: 0 2 * * *, keep: 30d }
entryPoints:
  - name: orders
    tier: critical
    host: orders.example.com
    primary: orders.elb.us-west-2.amazonaws.com
    target: { kind: Service, namespace: orders, name: orders }
    backends: [{ service: orders, port: 8080 }]
  - name: wiki
    tier: normal
    host: wiki.example.com
    primary: wiki.us-west-2.elb.amazonaws.com
    target: { kind: Ingress, namespace: wiki, name: wiki }
    backends: [{ service: wiki, port: 80 }, { path: /files, service: files, port: 80 }]
traffic: { zone: { id: Z0123456789ABC, name: example.com } }
`;

export function planOf(text: string): { plan: Plan; input: PlanInput } {
  const parsed = parsePlan(text, 'lifeboat.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(problemLine).join('\n'));
  return parsed;
}

/** The lines that a person would see, for a small plan with these replacements. */
export function linesFor(...replacements: [from: string, to: string][]): string[] {
  let text = SMALL_PLAN;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`the small plan has no ${from}`);
    text = text.replace(from, to);
  }
  const parsed = parsePlan(text, 'lifeboat.yaml');
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
}
