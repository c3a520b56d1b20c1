import type { GoModule } from '../programs.ts';

const VERSION = 'v1.18.3';

/** velero, with kopia within, velero-plugin-for-aws and velero-restore-helper. */
export const VELERO: GoModule = {
  folder: import.meta.dirname,
  title: `Velero ${VERSION}, its plugin for S3 and its restore helper`,
  linker: `-X github.com/vmware-tanzu/velero/pkg/buildinfo.Version=${VERSION}`,
};
