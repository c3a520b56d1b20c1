import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rehearsal } from '../../rehearsal/result.ts';
import { makeDirectory } from '../make-directory.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';

/** Writes the three reports, each whole or not at all, and answers where the one for people is. */
export function writeReport(rehearsal: Rehearsal, directory: string): string {
  makeDirectory(directory);
  const page = join(directory, 'report.html');
  writeWhole(join(directory, 'report.json'), `${JSON.stringify(rehearsal, null, 2)}\n`);
  writeWhole(join(directory, 'report.md'), reportMarkdown(rehearsal));
  writeWhole(page, reportHtml(rehearsal));
  return page;
}

/** A reader sees the old file or the new one. https://man7.org/linux/man-pages/man2/rename.2.html */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
