import type { StoreAge } from '../domain/store-ages.ts';
import type { Status } from '../operations/read-status.ts';
import type { Plan } from '../plan/schema.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';

/** What a status says, for a person: who owns the platform first. */
export function statusText({ ownership, votes, run, traffic, unprotected, verified }: Status, plan: Plan): string {
  const { owner, epoch } = ownership;
  const lines = [`${plan.name} belongs to the ${owner} (${plan.sites[owner].region}), epoch ${epoch}.`, ''];
  lines.push('The primary, as its observers see it:');
  if (votes.length === 0) lines.push('  nobody has said anything yet: are the probers deployed?');
  for (const vote of votes) lines.push(`  ${vote.observer}: ${vote.verdict} since ${vote.since.toISOString()}`);
  lines.push('', 'Traffic:');
  for (const { entryPoint, owner: site } of traffic) lines.push(`  ${entryPoint}: ${site}`);
  lines.push('', ...unprotectedLines(unprotected), '', ...verifiedLines(verified));
  if (run === undefined) return `${[...lines, '', 'No run is under way.'].join('\n')}\n`;
  lines.push('', `Run ${run.run.id}, started ${run.run.startedAt} by ${run.run.trigger.kind}:`);
  for (const { step, status, startedAt } of run.steps) lines.push(`  ${startedAt}  ${step}: ${status}`);
  if (run.waitsForApproval) lines.push(`  It waits for approval: npx lifeboat approve --run ${run.run.id}`);
  return `${lines.join('\n')}\n`;
}

function unprotectedLines(unprotected: Status['unprotected']): string[] {
  if (unprotected === undefined) return ['Nobody has measured what would be lost now: is measure-rpo deployed?'];
  return [`What would be lost if the primary were lost, as of ${unprotected.at}:`, ...unprotected.ages.map(ageLine)];
}

function verifiedLines(verified: Status['verified']): string[] {
  if (verified === undefined) return ['Nobody has looked into the backups yet: start the machine verify once.'];
  const { at, overdue, stores, failures } = verified;
  const late = overdue ? ', more than a week ago: see the machine verify' : '';
  const found = failures.length === 0 ? ', and found nothing' : ':';
  return [
    `The backups of ${stores} stores were looked into at ${at}${late}${found}`,
    ...failures.map((one) => `  ✗ ${one}`),
  ];
}

/** What it means that nothing is known of a store. */
const NOTHING_KNOWN: Record<StoreAge['kind'], string> = {
  namespace: 'no recovery point can bring it back',
  bucket: 'S3 has told nothing of its replication: are the rule and its metrics there?',
  git: 'no revision is known to be in the standby',
};

function ageLine({ kind, store, ageSeconds, targetSeconds, recoveryPoint }: StoreAge): string {
  if (ageSeconds === null) return `  ✗ ${store}: everything; ${NOTHING_KNOWN[kind]}`;
  const promised = `${lengthText(targetSeconds)} promised`;
  const from = recoveryPoint === null ? '' : ` (${recoveryPoint})`;
  return `  ${ageSeconds <= targetSeconds ? '✓' : '✗'} ${store}: the last ${lengthText(ageSeconds)}, ${promised}${from}`;
}
