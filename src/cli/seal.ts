import type { Command } from 'commander';
import { type SealedBucket, sealBucket } from '../operations/seal-bucket.ts';
import { bucketIn, PREFIX_WORDS, prefixOf } from './bucket-directory.ts';
import { HOLDS } from './ending.ts';
import { hang } from './layout.ts';
import { type CommonOptions, timeOf, withCommonOptions } from './options.ts';
import { printable } from './printable.ts';
import { refuseToOverwrite, writeSealFile } from './seal-file.ts';
import type { Surroundings } from './surroundings.ts';

const NOTHING_SEALED = 1;

type Flags = CommonOptions & { out: string; prefix: string; at?: Date };

export const sealCommand = (program: Command, surroundings: Surroundings, end: (status: number) => void): Command =>
  withCommonOptions(program.command('seal'))
    .description('name every object that the backups in a local copy of a bucket need, with size and checksum')
    .argument('<dir>', "a copy of a bucket's objects: backups/, kopia/, …")
    .requiredOption('--out <file>', 'where the seals go; an earlier file of seals is replaced')
    .option('--prefix <p>', PREFIX_WORDS, prefixOf, '')
    .option('--at <time>', 'the time that the seals bear (default: now)', timeOf)
    .action(async (dir: string, flags: Flags) => {
      end(await seal(dir, flags, surroundings));
    });

async function seal(dir: string, flags: Flags, { out, err, directory }: Surroundings): Promise<number> {
  const bucket = bucketIn('seal', dir, flags.prefix, directory);
  refuseToOverwrite(flags.out, directory);
  const sealed = await sealBucket(bucket, flags.at ?? new Date());
  if (sealed.seals.length > 0) writeSealFile(flags.out, directory, sealed.seals);
  const people = flags.json ? err : out;
  people.write(`${sealText(sealed, flags.out, people.columns).join('\n')}\n`);
  if (flags.json) out.write(`${JSON.stringify(sealJson(sealed, flags.out), null, 2)}\n`);
  return sealed.seals.length > 0 ? HOLDS : NOTHING_SEALED;
}

/** What was sealed and what was not, and that nobody signed it. */
function sealText({ seals, refused }: SealedBucket, file: string, width: number): string[] {
  const lines = seals.flatMap(({ seal }) => {
    const blobs = seal.repositories.reduce((sum, { added }) => sum + added.length, 0);
    const since = seal.repositories.some((repository) => repository.since !== null)
      ? ' and what earlier seals name'
      : '';
    const kopia = seal.repositories.length === 0 ? '' : `, ${blobs} of kopia${since}`;
    return hang('sealed      ', `${printable(seal.backup)}: ${seal.objects.length} files${kopia}`, width);
  });
  lines.push(
    ...refused.flatMap(({ backup, reason }) => hang('not sealed  ', printable(`${backup}: ${reason}`), width)),
  );
  if (seals.length === 0)
    return [...lines, '', ...hang('', 'Nothing could be sealed, and nothing was written.', width)];
  const unsigned = `Written to ${file}, unsigned: these seals prove what lay in this copy, not who says so.`;
  return [...lines, '', ...hang('', unsigned, width)];
}

const sealJson = ({ seals, refused }: SealedBucket, file: string) => ({
  file: seals.length > 0 ? file : null,
  signed: false,
  sealed: seals.map(({ seal }) => ({
    backup: seal.backup,
    objects: seal.objects.length,
    repositories: seal.repositories.map(({ folder, since, added }) => ({ folder, since, objects: added.length })),
  })),
  refused,
});
