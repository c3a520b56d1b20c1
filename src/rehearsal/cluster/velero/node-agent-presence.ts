import type { KubeObject } from '../host.ts';
import type { Store } from '../store.ts';

/** Velero's node agents that run, by the label of their DaemonSet. */
export const nodeAgents = (store: Store, namespace: string): KubeObject[] =>
  store
    .list('pods', { namespace, labelSelector: 'role=node-agent' })
    .filter(({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined);

export const nodeAgentOn = (store: Store, namespace: string, node: string | undefined): boolean =>
  nodeAgents(store, namespace).some(({ spec }) => spec.nodeName === node);
