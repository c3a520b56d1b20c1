import type { KubeObject } from '../host.ts';
import { INSTALL_FLAGS } from './cli/install.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, installedResources } from './cli/install-resources.ts';
import { parseFlags } from './flags.ts';
import { versionIn } from './version.ts';

/** What `velero install` with these flags sends to the API server: to put Velero into a cluster as a settled state. */
export function veleroManifests(flags: string[]): KubeObject[] {
  const { values } = parseFlags(flags, INSTALL_FLAGS);
  const namespace = values.get('namespace') ?? 'velero';
  const text = (flag: string): string | undefined => values.get(flag);
  return [
    ...CUSTOM_RESOURCE_DEFINITIONS,
    ...installedResources({ namespace, version: versionIn(text('image') ?? ''), text }),
  ];
}
