import { createHash } from 'node:crypto';
import type { Clock } from '../domain/given.ts';
import { endingOf, type Failure, type Report, type TierOutcome, writeReport } from '../domain/report.ts';
import type { Run, RunEnding } from '../domain/run.ts';
import type { Bucket } from '../gateways/aws/objects.ts';
import type { People } from '../gateways/aws/people.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';

export type FinishRun = { runs: RunsTable; reports: Bucket; key: SigningKey; people: People; clock: Clock };
export type Ending = {
  run: Run;
  ending: RunEnding;
  reason: string;
  failure: Failure | undefined;
  tiers: TierOutcome[];
};

/**
 * Ends a run: its report is signed and stored, the lock released, people told, in this order, so that a run whose lock
 * is gone has its report. Done twice, it stores the same report again. A dismissed start leaves no report: it was no run.
 */
export async function finishRun(
  given: FinishRun,
  planName: string,
  end: Ending,
): Promise<{ ending: RunEnding; failure: Failure | undefined }> {
  const { runs, people, clock } = given;
  const history = await runs.history(end.run.id);
  const ending = endingOf(end.ending, end.tiers);
  if (ending !== 'dismissed') {
    const facts = {
      ...end,
      ending,
      plan: planName,
      facts: history?.facts ?? {},
      steps: history?.steps ?? [],
      now: clock.now(),
    };
    const report = writeReport(facts);
    await store(given, report);
    await runs.note(end.run.id, 'ending', ending);
    await people.tell(`${planName}: failover ${ending}`, [report.reason, ...report.nextSteps].join('\n'));
  }
  const lock = await runs.lock();
  if (lock?.run === end.run.id) await runs.releaseLock(lock);
  return { ending, failure: end.failure };
}

async function store({ reports, key }: FinishRun, report: Report): Promise<void> {
  const text = JSON.stringify(report);
  const signature = await key.sign(createHash('sha256').update(text).digest());
  await reports.write(`reports/${report.run.id}/report.json`, JSON.stringify({ report, signature }));
}
