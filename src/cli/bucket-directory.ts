import { statSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { LocalBucket } from '../gateways/local-bucket.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { existingDirectory } from './read-input.ts';

/** What every command that looks at a bucket's own objects takes. */
export const PREFIX_WORDS = "Velero's prefix in the bucket, such as velero";

/** Empty, or without slashes around it. */
export function prefixOf(text: string): string {
  const prefix = text.replace(/^\/+|\/+$/g, '');
  if (prefix.split('/').some((part) => part === '.' || part === '..'))
    throw new InvalidArgumentError('Allowed: a path within the bucket.');
  return prefix;
}

/** A directory with what Velero keeps in a bucket. @param shown the option or argument that named it */
export function bucketIn(shown: string, given: string, prefix: string, directory: string): LocalBucket {
  const root = existingDirectory(shown, given, directory);
  const kindOf = (folder: string) => statSync(join(root, folder), { throwIfNoEntry: false });
  const found = ['backups', 'kopia'].filter((folder) => kindOf(join(prefix, folder))?.isDirectory());
  if (found.length === 0) {
    const where = prefix === '' ? 'backups/' : `${prefix}/backups/`;
    const file = kindOf(join(prefix, 'backups')) !== undefined;
    const elsewhere = prefix === '' && kindOf('velero/backups')?.isDirectory() ? '; try --prefix velero' : '';
    throw new BadInput(
      file
        ? `${shown} ${given}: ${where} is not a directory`
        : `${shown} ${given}: no ${where} in it: not a bucket that Velero writes to${elsewhere}`,
    );
  }
  return new LocalBucket(root, prefix === '' ? '' : `${prefix}/`);
}
