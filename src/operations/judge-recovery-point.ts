import { backupOfSeal } from '../domain/seal.ts';
import { beginJudging, type JudgeGiven, type Judging, judgeBackup } from './judge-backup.ts';

/** What S3 told: of an object in the replica, or of one that did not get there. */
export type Told = { kind: 'arrived'; key: string } | { kind: 'trouble'; key: string; event: string };
export type Verdicts = { judged: { backup: string; verdict: string; reason: string }[] };

/** The only one of S3's troubles that says that it gave up; the others say that it is late. */
const FAILED = 's3:Replication:OperationFailedReplication';

/** Judges the recovery points that an event of S3's concerns: that of a seal, or those that lack an object. */
export async function judgeRecoveryPoint(given: JudgeGiven, told: Told): Promise<Verdicts> {
  const judged: Verdicts['judged'] = [];
  const judging = await beginJudging(given);
  // The minute's sweep finds the seal when the key is there.
  if (judging === undefined) return { judged };
  for (const backup of await concerned(judging, told)) {
    const change = told.kind === 'trouble' && told.event === FAILED ? { troubled: true } : {};
    const known = await judgeBackup(judging, backup, change);
    if (known !== undefined) judged.push({ backup, verdict: known.verdict, reason: known.reason });
  }
  return { judged };
}

async function concerned({ catalogue }: Judging, { kind, key }: Told): Promise<string[]> {
  const sealed = kind === 'arrived' ? backupOfSeal(key) : undefined;
  if (sealed !== undefined) return [sealed];
  const open = await catalogue.openPoints();
  return open
    .filter(({ files, repositories }) =>
      [files, ...repositories.map(({ missing }) => missing ?? [])].flat().some((object) => object.key === key),
    )
    .map(({ backup }) => backup);
}
