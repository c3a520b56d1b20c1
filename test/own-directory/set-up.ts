import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whatever tests write for a while lies in one directory, which goes when they are over. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default function setUp(): void {
  process.env.LIFEBOAT_TESTS = mkdtempSync(join(tmpdir(), 'lifeboat-tests-'));
  process.env.TMPDIR = process.env.LIFEBOAT_TESTS;
}
