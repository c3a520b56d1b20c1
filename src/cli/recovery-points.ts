import { type Command, Option } from 'commander';
import type { Seal } from '../domain/seal.ts';
import { liveWires } from '../gateways/live-wires.ts';
import { judgeBucket } from '../operations/judge-bucket.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { bucketIn, PREFIX_WORDS, prefixOf } from './bucket-directory.ts';
import type { Asked } from './deployed-points.ts';
import { HOLDS } from './ending.ts';
import { type CommonOptions, timeOf, withCommonOptions } from './options.ts';
import { pointJson, pointsText, type ShownPoint, shownPoint } from './recovery-points-text.ts';
import { readSealFile } from './seal-file.ts';
import type { Surroundings } from './surroundings.ts';

const NONE_RESTORABLE = 1;

type Flags = CommonOptions & { bucket?: string; prefix?: string; seal?: string; region?: string; at?: Date };

export const recoveryPointsCommand = (
  program: Command,
  surroundings: Surroundings,
  end: (status: number) => void,
): Command =>
  withCommonOptions(program.command('recovery-points'))
    .description('every recovery point with its verdict and the evidence for it: of the plan, or of a bucket')
    .option('--bucket <dir | s3://…>', "a bucket's objects in a directory, or a bucket (default: the plan's catalogue)")
    .addOption(new Option('--prefix <p>', PREFIX_WORDS).argParser(prefixOf))
    .option('--seal <file>', 'what lifeboat seal wrote')
    .option('--at <time>', 'judge as of then (default: now)', timeOf)
    .option('--region <r>', "of an s3:// bucket (default: the plan's standby, for its replica)")
    .addHelpText('after', '\nExit status: 0 when a point is restorable, 1 when none is, 2 for bad input.')
    .action(async (flags: Flags) => {
      end(await recoveryPoints(flags, surroundings));
    });

async function recoveryPoints(flags: Flags, { out, err, directory }: Surroundings): Promise<number> {
  const points = await pointsFor(flags, directory);
  const people = flags.json ? err : out;
  people.write(pointsText(points, people));
  if (flags.json) out.write(`${JSON.stringify({ points: points.map(pointJson) }, null, 2)}\n`);
  return points.some(({ verdict }) => verdict === 'restorable') ? HOLDS : NONE_RESTORABLE;
}

async function pointsFor(flags: Flags, directory: string): Promise<ShownPoint[]> {
  const { bucket, seal, plan, prefix, region, at: now = new Date() } = flags;
  const asked: Asked = { plan, prefix, region, now };
  if (bucket === undefined) {
    const stray = (['prefix', 'seal', 'region'] as const).find((option) => flags[option] !== undefined);
    if (stray !== undefined) throw new BadInput(`--${stray}: only together with --bucket`);
    return (await import('./deployed-points.ts')).cataloguedPoints(asked, directory, liveWires);
  }
  if (bucket.startsWith('s3://')) {
    if (seal !== undefined)
      throw new BadInput('--seal: only for a directory; a bucket of S3 is judged by its own seals');
    return (await import('./deployed-points.ts')).bucketPoints(bucket, asked, directory, liveWires);
  }
  if (region !== undefined) throw new BadInput('--region: only for a bucket of S3');
  return localPoints(bucket, seal, asked, directory);
}

async function localPoints(given: string, sealFile: string | undefined, asked: Asked, directory: string) {
  const bucket = bucketIn('--bucket', given, asked.prefix ?? '', directory);
  const seals = sealFile === undefined ? new Map<string, Seal>() : readSealFile(sealFile, directory);
  const backups = new Set(await bucket.backups());
  if (sealFile !== undefined && backups.size > 0 && !seals.keys().some((backup) => backups.has(backup)))
    throw new BadInput(`--seal ${sealFile}: of another bucket: none of its ${seals.size} backups is in ${given}`);
  const judged = await judgeBucket(bucket, seals, asked.now);
  return judged.map(({ point, seal }) =>
    shownPoint(point, seal && { kind: 'unsigned', sealedAt: seal.sealedAt }, (key) => bucket.placeOf(key)),
  );
}
