import type { Seen } from './seen.ts';

/** Something that happens to backups or restores, and what comes of it must be the same of both. */
export type Row<On> = {
  title: string;
  /** The document, or the part of Velero, that decides. */
  source: string;
  ask: (on: On) => Promise<Seen>;
};

/** Velero's sources, which decide where its documents say nothing. */
export const sourceOf = (path: string): string => `https://github.com/vmware-tanzu/velero/blob/v1.18.3/${path}`;
