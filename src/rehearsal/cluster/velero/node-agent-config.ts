import type { KubeObject } from '../host.ts';
import { matchesSelector } from '../selectors.ts';
import type { Store } from '../store.ts';
import { parseFlags } from './flags.ts';

const FLAGS = {
  flags: {
    'node-agent-configmap': 'string',
    'backup-repository-configmap': 'string',
    'repo-maintenance-job-configmap': 'string',
    'resource-timeout': 'duration',
    'data-mover-prepare-timeout': 'duration',
    'metrics-address': 'string',
    'log-level': 'string',
    'log-format': 'string',
  },
} as const;

/**
 * How many volumes a node moves at a time: one, unless the ConfigMap says otherwise, which is read at the start only.
 * https://velero.io/docs/v1.18/node-agent-concurrency/
 */
export function concurrencyOn(store: Store, namespace: string, node: string, args: string[]): number {
  const name = parseFlags(args, FLAGS).values.get('node-agent-configmap');
  if (!name) return 1;
  const data = store.get({ resource: 'configmaps', namespace, name })?.data ?? {};
  const [text = '{}'] = Object.values<string>(data);
  const { globalConfig, perNodeConfig = [] } = JSON.parse(text).loadConcurrency ?? {};
  const labels = store.get({ resource: 'nodes', name: node })?.metadata.labels;
  const numbers = perNodeConfig
    .filter(({ nodeSelector }: KubeObject) => matchesSelector(nodeSelector, labels))
    .map(({ number }: KubeObject) => number);
  const chosen = numbers.length > 0 ? Math.min(...numbers) : globalConfig;
  return chosen > 0 ? chosen : 1;
}
