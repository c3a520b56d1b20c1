import { createHash } from 'node:crypto';
import type { Clock } from '../domain/given.ts';
import { unverified, type Verification } from '../domain/verification.ts';
import {
  type NotDone,
  outcomeOf,
  type VerificationReport,
  verificationMeasures,
  verificationText,
  writeVerificationReport,
} from '../domain/verification-report.ts';
import type { CatalogueTable } from '../gateways/aws/catalogue-table.ts';
import type { Metrics } from '../gateways/aws/metrics.ts';
import type { Bucket } from '../gateways/aws/objects.ts';
import type { People } from '../gateways/aws/people.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';
import { scheduledNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { verificationDuty } from '../plan/verification.ts';

export type VerifyFinish = {
  catalogue: CatalogueTable;
  reports: Bucket;
  key: SigningKey;
  metrics: Metrics;
  people: People;
  clock: Clock;
};

/** SNS takes 256 KB. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_CHARACTERS = 60_000;

/** What the machine hands over: its execution, and how each schedule's part ended. */
export type Ended = { run: { id: string; startedAt: string }; parts: ({ schedule: string } | NotDone)[] };

/**
 * Ends a verification: its report is signed and stored, the metric published; people are told of what is not verified,
 * and of nothing else. Done twice, it stores the same report again.
 */
export async function verifyFinish(given: VerifyFinish, plan: Plan, { run, parts }: Ended) {
  const { catalogue, metrics, people, clock } = given;
  const known = new Map((await catalogue.verifications()).map((one) => [one.schedule, one]));
  const schedules: Verification[] = [];
  for (const part of parts) {
    const found = known.get(part.schedule);
    if (found?.run === run.id) schedules.push(found);
    else schedules.push(await notDone(given, plan, run.id, part));
  }
  const now = clock.now();
  const report = writeVerificationReport({ plan: plan.name, run, drill: verificationDuty(plan), schedules, now });
  await store(given, report);
  await metrics.publish(verificationMeasures(report), now);
  const { failures } = report;
  if (failures > 0)
    await people.tell(`${plan.name}: ${outcomeOf(report)}`, verificationText(report).slice(0, MESSAGE_CHARACTERS));
  return { stores: report.stores.length, failures };
}

/** Kept as well, so that an older verification does not stand for one that could not be done. */
async function notDone({ catalogue, clock }: VerifyFinish, plan: Plan, run: string, part: Ended['parts'][number]) {
  const schedule = plan.stores.backups.schedules.find(({ name }) => name === part.schedule);
  const namespaces = schedule === undefined ? [] : scheduledNamespaces(plan, schedule);
  const why = 'error' in part ? `${part.error}: ${part.cause}` : 'it was not begun';
  const found = unverified({ run, schedule: part.schedule, namespaces, now: clock.now() }, why);
  await catalogue.writeVerification(found);
  return found;
}

/** The signed words are the JSON's; the Markdown says the same to people. */
async function store({ reports, key }: VerifyFinish, report: VerificationReport): Promise<void> {
  const text = JSON.stringify(report);
  const signature = await key.sign(createHash('sha256').update(text).digest());
  const folder = `verifications/${report.run.id}`;
  await reports.write(`${folder}/report.json`, JSON.stringify({ report, signature }));
  await reports.write(`${folder}/report.md`, verificationText(report), 'text/markdown; charset=utf-8');
}
