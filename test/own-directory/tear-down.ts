import { rmSync } from 'node:fs';

// biome-ignore lint/style/noDefaultExport: jest wants it so
export default function tearDown(): void {
  const { LIFEBOAT_TESTS: directory } = process.env;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}
