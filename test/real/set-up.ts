import { programs } from './kubernetes/programs.ts';

/** Builds once what all tests run. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default async function setUp(): Promise<void> {
  await programs();
}
