import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { platformOf } from '../../src/rehearsal/platform.ts';
import { rehearseAssembly } from '../../src/rehearsal/rehearse.ts';
import type { Twin } from '../../src/rehearsal/twin.ts';
import { scenarioNamed, synthesizedFor } from './scene.ts';

const IN_PARTS = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/** What no shipped scenario needs, and why it is granted all the same. */
const UNUSED: { roles: string[]; actions: string[]; because: string }[] = [
  {
    roles: [
      'schedule-protect',
      'schedule-probe-sites',
      'schedule-probe-sites-witness',
      'schedule-publish-traffic',
      'schedule-capture-primary',
      'schedule-measure-rpo',
      'schedule-verify',
    ],
    actions: ['sqs:SendMessage'],
    because: 'Dead letters: Scheduler sends one only when it could not start its target for a whole day.',
  },
  {
    roles: ['fence'],
    actions: ['states:StartExecution'],
    because: 'It starts itself anew when its history has grown for days.',
  },
  {
    roles: ['sync-backups'],
    actions: ['s3:ListBucket'],
    because: 'Tells an object that is missing from one that may not be read; of a chosen backup none is missing.',
  },
  {
    roles: ['choose-recovery-points', 'judge-recovery-point'],
    actions: ['s3:ListBucket'],
    because:
      'Tells an object that is missing from one that may not be read: before the first capture the key of seals.',
  },
  {
    roles: ['choose-recovery-points'],
    actions: ['dynamodb:DeleteItem'],
    because: 'Closes what it judges for good; in the scenarios all of that is closed by the minute before a failover.',
  },
  {
    roles: ['verify-point'],
    actions: ['s3:ListBucket'],
    because: 'Tells an object that is missing from one that may not be read; in the scenarios damage overwrites.',
  },
  {
    roles: ['verify-finish'],
    actions: ['dynamodb:PutItem'],
    because: 'Notes that a schedule could not be looked into; in the scenarios each can.',
  },
  {
    roles: ['replicate-to-primary'],
    actions: ['s3:ReplicateDelete'],
    because: 'The way home: nothing is deleted in the standby that the primary has, before a failback.',
  },
  {
    roles: ['capture-primary'],
    actions: ['sns:Publish'],
    because: 'Tells people what has come loose since the deployment; in the scenarios nothing has.',
  },
  {
    roles: ['replicate-to-primary', 'replicate-to-standby'],
    actions: ['s3:GetObjectVersionTagging', 's3:ReplicateTags'],
    because: 'As S3 asks for in its documents; Velero and Lifeboat put no tags on objects.',
  },
  {
    roles: ['velero-primary', 'velero-standby'],
    actions: IN_PARTS,
    because: 'Uploads are whole in the twin; large ones go in parts.',
  },
  {
    roles: ['velero-standby'],
    actions: ['s3:DeleteObject'],
    because: 'The records of a restore are deleted with it, and no restore expires in a scenario.',
  },
];

/** Policies that AWS keeps, and roles that people have besides: what is in them is not ours to cut. */
const ofOthers = (role: string, policy: string): boolean =>
  !role.startsWith('lifeboat-') || /^(Amazon|AWS)/.test(policy);

/** A calm day is long, and its second hour is like its twentieth. */
const CALM_SECONDS = 2 * 3600;

async function twinAfter(name: string): Promise<Twin> {
  const options = scenarioNamed(name);
  const endsAt = name === 'calm-day' ? CALM_SECONDS : options.scenario.endsAt;
  const platform = platformOf(options.plan, options.planInput, undefined);
  let seen: Twin | undefined;
  const run = { ...options, scenario: { ...options.scenario, endsAt }, seed: 1 };
  await rehearseAssembly(platform, synthesizedFor(name), run, (twin) => {
    seen = twin;
  });
  if (seen === undefined) throw new Error(`${name} did not come to its end`);
  return seen;
}

/** Actions of our policies by role, without the plan's name; a statement counts as used if it was in any scenario. */
async function unusedOverAll(): Promise<string[]> {
  const used = new Map<string, boolean>();
  for (const file of readdirSync('scenarios')) {
    const twin = await twinAfter(file.replace(/\.yaml$/, ''));
    for (const { role, policy, statement, action, used: here } of twin.iam.usage()) {
      if (ofOthers(role, policy)) continue;
      const key = `${role.replace(`lifeboat-${twin.plan.name}-`, '')}|${policy}|${statement}|${action}`;
      used.set(key, here || used.get(key) === true);
    }
  }
  const unused = [...used].filter(([, here]) => !here).map(([key]) => key.replace(/\|.*\|/, ' '));
  return [...new Set(unused)].sort();
}

describe('permissions, over all shipped scenarios together', () => {
  it('are all used, but for those that are explained', async () => {
    const explained = UNUSED.flatMap(({ roles, actions }) =>
      roles.flatMap((role) => actions.map((action) => `${role} ${action}`)),
    );
    expect(await unusedOverAll()).toEqual(explained.sort());
  }, 300_000);
});
