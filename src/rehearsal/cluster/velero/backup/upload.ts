import type { Random } from '../../../kernel/random.ts';
import type { KubeObject } from '../../host.ts';
import type { ObjectStore } from '../object-store.ts';
import { type BackupFiles, contents, logs, METADATA, metadata, otherFiles } from './files.ts';

/**
 * Writes a backup's files: the log (best effort), velero-backup.json with a phase that is not final yet, the
 * tarball, then the rest in random order (Go's maps). Whatever fails takes the marker and the tarball away again.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/persistence/object_store.go (PutBackup)
 */
export async function upload(
  store: ObjectStore,
  backup: KubeObject,
  files: BackupFiles,
  random: Random,
): Promise<void> {
  const { name } = backup.metadata;
  const directory = `backups/${name}/`;
  await store.put(`${directory}${name}-logs.gz`, logs(files)).catch(() => undefined);
  await store.put(directory + METADATA, metadata(backup));
  try {
    await store.put(`${directory}${name}.tar.gz`, contents(files));
  } catch (error) {
    throw await after(error, [() => store.delete(directory + METADATA)]);
  }
  for (const [end, content] of shuffled(Object.entries(otherFiles(files)), random)) {
    try {
      await store.put(`${directory}${name}-${end}`, content);
    } catch (error) {
      const undo = [`${name}.tar.gz`, METADATA].map((file) => () => store.delete(directory + file));
      throw await after(error, undo);
    }
  }
}

/** The error, with what failed when its effects were taken back. */
async function after(error: unknown, undo: (() => Promise<void>)[]): Promise<Error> {
  const messages = [(error as Error).message];
  for (const act of undo) await act().catch((another: Error) => messages.push(another.message));
  return new Error(messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`);
}

function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j] as Item, items[i] as Item];
  }
  return items;
}
