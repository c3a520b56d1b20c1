import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { matchesSelector } from '../selectors.ts';
import { parseFlags } from './flags.ts';
import { goDuration } from './go-duration.ts';
import { refuse } from './refuse.ts';

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

const PREPARE_TIMEOUT_MS = 1_800_000;

export type AgentConfig = {
  /** How many volumes the node moves at a time. */
  concurrency: number;
  /** Whether a volume may be restored before anybody has asked for it, and so anywhere. */
  ignoreDelayBinding: boolean;
  /** How long a volume may take until its mover runs. */
  prepareTimeout: number;
};

/**
 * What the flags and the ConfigMap say, which is read at the start only.
 * https://velero.io/docs/v1.18/node-agent-concurrency/, https://velero.io/docs/v1.18/data-movement-restore-pvc-configuration/
 */
export function agentConfig(cluster: ControlPlane, namespace: string, node: string, args: string[]): AgentConfig {
  const { store } = cluster;
  const { values } = parseFlags(args, FLAGS);
  const timeout = values.get('data-mover-prepare-timeout');
  const name = values.get('node-agent-configmap');
  const data = (name && store.get({ resource: 'configmaps', namespace, name })?.data) || {};
  const [text = '{}'] = Object.values<string>(data);
  const { loadConcurrency = {}, restorePVC = {}, ...others } = JSON.parse(text);
  const { globalConfig, perNodeConfig = [], ...queue } = loadConcurrency;
  const { ignoreDelayBinding = false, ...claims } = restorePVC;
  for (const key of Object.keys({ ...others, ...queue, ...claims }))
    refuse(cluster.host, `${key} of the node agents' configuration`);
  const labels = store.get({ resource: 'nodes', name: node })?.metadata.labels;
  const numbers = perNodeConfig
    .filter(({ nodeSelector }: KubeObject) => matchesSelector(nodeSelector, labels))
    .map(({ number }: KubeObject) => number);
  const chosen = numbers.length > 0 ? Math.min(...numbers) : globalConfig;
  return {
    concurrency: chosen > 0 ? chosen : 1,
    ignoreDelayBinding,
    prepareTimeout: timeout === undefined ? PREPARE_TIMEOUT_MS : goDuration(timeout),
  };
}
