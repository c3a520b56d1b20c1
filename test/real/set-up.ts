import { python } from '../second-opinion/aws/virtual-environment.ts';
import { KUBERNETES } from './kubernetes/module.ts';
import { programs } from './programs.ts';
import { VELERO } from './velero/module.ts';

/** Builds once what all tests run. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default async function setUp(): Promise<void> {
  for (const module of [KUBERNETES, VELERO]) await programs(module);
  await python();
}
