import type { Status } from '../operations/read-status.ts';
import type { Plan } from '../plan/schema.ts';

/** What a status says, for a person: who owns the platform first. */
export function statusText({ ownership, votes, run, traffic }: Status, plan: Plan): string {
  const { owner, epoch } = ownership;
  const lines = [`${plan.name} belongs to the ${owner} (${plan.sites[owner].region}), epoch ${epoch}.`, ''];
  lines.push('The primary, as its observers see it:');
  if (votes.length === 0) lines.push('  nobody has said anything yet: are the probers deployed?');
  for (const vote of votes) lines.push(`  ${vote.observer}: ${vote.verdict} since ${vote.since.toISOString()}`);
  lines.push('', 'Traffic:');
  for (const { entryPoint, owner: site } of traffic) lines.push(`  ${entryPoint}: ${site}`);
  if (run === undefined) return `${[...lines, '', 'No run is under way.'].join('\n')}\n`;
  lines.push('', `Run ${run.run.id}, started ${run.run.startedAt} by ${run.run.trigger.kind}:`);
  for (const { step, status, startedAt } of run.steps) lines.push(`  ${startedAt}  ${step}: ${status}`);
  if (run.waitsForApproval) lines.push(`  It waits for approval: npx lifeboat approve --run ${run.run.id}`);
  return `${lines.join('\n')}\n`;
}
