import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from './object-store.ts';
import type { Write } from './write.ts';

type Given = {
  store: Pick<ObjectStore, 'onWrite' | 'replicate'>;
  from: string;
  to: string;
  /** Keys that do not begin so are left alone. */
  prefix?: string;
  /** Before each copy. */
  delayMs?: number;
  /** Which of those that wait is next: the first of the answer. By default they go in the order of writing. */
  order?: (waiting: Write[]) => Write[];
  /** Whether the rule replicates delete markers too. What removes a version for good is never replicated. */
  deleteMarkers?: boolean;
};

export type Replicator = {
  /** Holds back these versions of what is written, from now on until the function that it gives back is called. */
  hold(keys: (key: string, versionId: string) => boolean): () => void;
  /** When all that is not held has been copied; fails when a copy did. */
  settled(): Promise<void>;
  /** What was written and not copied yet. */
  waiting(): Write[];
  /** Copies nothing more, as when the region is lost. */
  stop(): void;
};

/**
 * Copies each version that is written to a bucket from now on, one after another. Copies are not copied on:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
export function startReplicator(given: Given): Replicator {
  const { store, from, to, prefix = '', delayMs = 0, order = (writes) => writes, deleteMarkers = false } = given;
  const holds = new Set<(key: string, versionId: string) => boolean>();
  let waiting: Write[] = [];
  let working = Promise.resolve();
  let stopped = false;

  const ready = (): Write[] =>
    waiting.filter(({ key, versionId }) => ![...holds].some((holdsBack) => holdsBack(key, versionId)));

  const copyAllReady = async (): Promise<void> => {
    while (ready().length > 0) {
      if (delayMs > 0) await pause(delayMs);
      // Meanwhile something may have been held back, or removed.
      const [next] = order(ready());
      if (next === undefined || stopped) return;
      waiting = waiting.filter((write) => write !== next);
      await store.replicate(from, to, next);
    }
  };
  const work = (): void => {
    working = working.then(copyAllReady);
    // Whoever waits for it to settle is told.
    working.catch(() => undefined);
  };

  store.onWrite((write) => {
    if (write.bucket !== from || write.replica || stopped || !write.key.startsWith(prefix)) return;
    const forGood = write.operation === 'DeleteObject' && !write.deleteMarker;
    // A version that is gone for good has nothing left to copy.
    if (forGood) waiting = waiting.filter(({ versionId }) => versionId !== write.versionId);
    if (forGood || (write.deleteMarker && !deleteMarkers)) return;
    waiting.push(write);
    work();
  });

  return {
    hold: (keys) => {
      holds.add(keys);
      return () => {
        holds.delete(keys);
        work();
      };
    },
    settled: async () => {
      let seen: Promise<void>;
      do {
        seen = working;
        await seen;
      } while (seen !== working);
    },
    waiting: () => [...waiting],
    stop: () => {
      stopped = true;
    },
  };
}

/** Copies every version that is in a bucket now, once, but what is left out. */
export async function copyAll(
  store: Pick<ObjectStore, 'versions' | 'replicate'>,
  from: string,
  to: string,
  { without = () => false }: { without?: (key: string) => boolean } = {},
): Promise<void> {
  for (const version of await store.versions(from)) if (!without(version.key)) await store.replicate(from, to, version);
}
