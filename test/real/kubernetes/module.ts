import type { GoModule } from '../programs.ts';

const VERSION = 'v1.35.4';

/** etcd, kube-apiserver and kube-controller-manager. */
export const KUBERNETES: GoModule = {
  folder: import.meta.dirname,
  title: `Kubernetes ${VERSION} and etcd`,
  linker: `-X k8s.io/component-base/version.gitVersion=${VERSION}`,
  renamed: { server: 'etcd' },
};
