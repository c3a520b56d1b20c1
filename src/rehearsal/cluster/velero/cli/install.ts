import type { KubeObject } from '../../host.ts';
import { type FlagSet, isTrue, list } from '../flags.ts';
import { CommandError, type CommandLine, isAlreadyExists, withOutput } from './command-line.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, installedResources } from './install-resources.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/install/install.go */
export const INSTALL_FLAGS: FlagSet = withOutput({
  flags: {
    ...Object.fromEntries(
      [
        ...['provider', 'bucket', 'secret-file', 'image', 'prefix', 'service-account-name', 'cacert', 'features'],
        ...['velero-pod-cpu-request', 'velero-pod-mem-request', 'velero-pod-cpu-limit', 'velero-pod-mem-limit'],
        ...['node-agent-pod-cpu-request', 'node-agent-pod-mem-request', 'node-agent-pod-cpu-limit'],
        ...['node-agent-pod-mem-limit', 'kubelet-root-dir', 'uploader-type', 'maintenance-job-cpu-request'],
        ...['maintenance-job-mem-request', 'maintenance-job-cpu-limit', 'maintenance-job-mem-limit'],
        ...['backup-repository-configmap', 'repo-maintenance-job-configmap', 'node-agent-configmap'],
        ...['server-priority-class-name', 'node-agent-priority-class-name'],
      ].map((name) => [name, 'string' as const]),
    ),
    ...Object.fromEntries(
      [
        ...['no-secret', 'apply', 'no-default-backup-location', 'use-volume-snapshots', 'restore-only', 'dry-run'],
        ...['use-node-agent', 'use-node-agent-windows', 'privileged-node-agent', 'wait', 'crds-only'],
        ...['default-volumes-to-fs-backup', 'default-snapshot-move-data', 'csi-snapshot-early-frequent-polling'],
        ...['disable-informer-cache', 'schedule-skip-immediately', 'node-agent-disable-host-path'],
      ].map((name) => [name, 'bool' as const]),
    ),
    'pod-annotations': 'map',
    'pod-labels': 'map',
    'sa-annotations': 'map',
    'backup-location-config': 'map',
    'snapshot-location-config': 'map',
    plugins: 'list',
    'default-repo-maintain-frequency': 'duration',
    'garbage-collection-frequency': 'duration',
    'pod-volume-operation-timeout': 'duration',
    'keep-latest-maintenance-jobs': 'int',
    'item-block-worker-count': 'int',
    'concurrent-backups': 'int',
  },
});

const POLL_MS = 1000;
const CRDS_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = { Deployment: 180_000, DaemonSet: 60_000 };
/** So many observations in a row make a workload ready. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/install/install.go */
const READY_OBSERVATIONS = 5;

export async function install(line: CommandLine): Promise<void> {
  const crdsOnly = isTrue(line.text('crds-only'));
  if (!crdsOnly) await validate(line);
  const crds = CUSTOM_RESOURCE_DEFINITIONS;
  const others = crdsOnly ? [] : installedResources(line);
  line.printed({ apiVersion: 'v1', kind: 'List', items: [...crds, ...others] });
  if (isTrue(line.text('dry-run'))) return;
  try {
    for (const crd of crds) await send(line, crd);
    line.print('Waiting for resources to be ready in cluster...');
    await crdsReady(line, crds);
    for (const object of others) await send(line, object);
    if (isTrue(line.text('wait'))) await workloadsReady(line);
  } catch (error) {
    const hint = `Error installing Velero. Use \`kubectl logs deploy/velero -n ${line.namespace}\` to check the deploy logs`;
    throw new CommandError(`\n\n${hint}: ${(error as Error).message}`);
  }
  if (line.text('secret-file') === undefined) line.print('No secret file was specified, no Secret created.');
  if (isTrue(line.text('no-default-backup-location')))
    line.print('No bucket and provider were specified, no default backup storage location created.');
  line.print(`Velero is installed! ⛵ Use 'kubectl logs deployment/velero -n ${line.namespace}' to view the status.`);
}

async function validate(line: CommandLine): Promise<void> {
  const problem = locationProblem(line) ?? otherProblem(line);
  if (problem !== undefined) throw new CommandError(problem);
  for (const [flag, what] of [
    ['node-agent-configmap', '--node-agent-configmap'],
    ['repo-maintenance-job-configmap', '--repo-maintenance-job-configmap'],
    ['backup-repository-configmap', '--backup-repository-configmap'],
  ] as const) {
    const name = line.text(flag);
    if (name) await verifyConfigMap(line, what, name);
  }
}

/** What the flags say of the backup storage and volume snapshot locations, and cannot. */
function locationProblem(line: CommandLine): string | undefined {
  const [provider, bucket] = [line.text('provider') ?? '', line.text('bucket') ?? ''];
  const noDefault = isTrue(line.text('no-default-backup-location'));
  const snapshots = line.text('use-volume-snapshots') === undefined || isTrue(line.text('use-volume-snapshots'));
  if (bucket.startsWith('-')) return `Bucket names cannot begin with a dash. Bucket name was: ${bucket}`;
  if (noDefault) {
    for (const flag of ['bucket', 'prefix', 'backup-location-config'])
      if (line.text(flag)) return `Cannot use both --${flag} and --no-default-backup-location at the same time`;
  } else if (provider === '') return '--provider is required';
  else if (bucket === '') return '--bucket is required';
  if (snapshots && provider === '') return '--provider is required when --use-volume-snapshots is set to true';
  if (!snapshots && line.text('snapshot-location-config'))
    return '--snapshot-location-config must be empty when --use-volume-snapshots=false';
  if (noDefault && !snapshots)
    return provider === ''
      ? undefined
      : '--provider must be empty when using --no-default-backup-location and --use-volume-snapshots=false';
  return list(line.text('plugins')).length === 0 ? '--plugins flag is required' : undefined;
}

function otherProblem(line: CommandLine): string | undefined {
  const uploader = line.text('uploader-type') ?? 'kopia';
  if (uploader !== 'kopia') return `invalid uploader type '${uploader}', valid type: 'kopia'`;
  if (isTrue(line.text('default-volumes-to-fs-backup')) && !isTrue(line.text('use-node-agent')))
    return '--use-node-agent is required when using --default-volumes-to-fs-backup';
  const secret = line.text('secret-file') ?? '';
  const noSecret = isTrue(line.text('no-secret'));
  if (secret === '' && !noSecret) return 'One of --secret-file or --no-secret is required';
  if (secret !== '' && noSecret) return 'Cannot use both --secret-file and --no-secret';
  if (secret !== '') return `open ${secret}: no such file or directory`;
  if (line.text('cacert')) return `open ${line.text('cacert')}: no such file or directory`;
  for (const flag of [
    'default-repo-maintain-frequency',
    'garbage-collection-frequency',
    'pod-volume-operation-timeout',
  ])
    if (line.text(flag)?.startsWith('-')) return `--${flag} must be non-negative`;
  return undefined;
}

async function verifyConfigMap(line: CommandLine, flag: string, name: string): Promise<void> {
  const invalid = (why: string) => new CommandError(`${flag} specified ConfigMap ${name} is invalid: ${why}`);
  let configMap: KubeObject;
  try {
    configMap = await line.get({ resource: 'configmaps', namespace: line.namespace, name });
  } catch (error) {
    throw invalid(`error getting configMap ${name}: ${(error as Error).message}`);
  }
  const values = Object.values<string>(configMap.data ?? {});
  if (values.length === 0) throw invalid(`data is not available in ConfigMap ${name}`);
  for (const value of values) {
    try {
      JSON.parse(value);
    } catch (error) {
      throw invalid(`error unmarshalling data from ConfigMap ${name}: ${(error as Error).message}`);
    }
  }
}

async function send(line: CommandLine, object: KubeObject): Promise<void> {
  const id = `${object.kind}/${object.metadata.name}`;
  if (isTrue(line.text('apply'))) {
    await refused(`Error applying resource ${id}`, () => line.apply(object));
    line.print(`${id}: applied`);
    return;
  }
  try {
    await line.create(object);
    line.print(`${id}: created`);
  } catch (error) {
    if (!isAlreadyExists(error)) throw new CommandError(`Error creating resource ${id}: ${(error as Error).message}`);
    line.print(`${id}: already exists, proceeding`);
  }
}

async function refused(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw new CommandError(`${what}: ${(error as Error).message}`);
  }
}

async function crdsReady(line: CommandLine, crds: readonly KubeObject[]): Promise<void> {
  for (let waited = 0; waited <= CRDS_TIMEOUT_MS; waited += POLL_MS) {
    const { store } = line.process.cluster;
    const ready = crds.every(({ spec }) => store.resources.get(`${spec.names.plural}.${spec.group}`) !== undefined);
    if (ready) return;
    await line.process.sleep(POLL_MS);
  }
  throw new CommandError('timeout reached, CRDs not ready');
}

async function workloadsReady(line: CommandLine): Promise<void> {
  line.print('Waiting for Velero deployment to be ready.');
  await ready(line, 'Deployment', 'velero', ({ status }) => status?.availableReplicas >= 1);
  if (!isTrue(line.text('use-node-agent'))) return;
  line.print('Waiting for node-agent daemonset to be ready.');
  await ready(
    line,
    'DaemonSet',
    'node-agent',
    ({ status }) => (status?.numberAvailable ?? 0) === (status?.desiredNumberScheduled ?? 0),
  );
}

async function ready(
  line: CommandLine,
  kind: 'Deployment' | 'DaemonSet',
  name: string,
  isReady: (object: KubeObject) => boolean,
): Promise<void> {
  let observations = 0;
  for (let waited = 0; waited <= READY_TIMEOUT_MS[kind]; waited += POLL_MS) {
    const ref = { resource: `${kind.toLowerCase()}s.apps`, namespace: line.namespace, name };
    const object = line.process.cluster.store.get(ref);
    if (object !== undefined && isReady(object)) observations++;
    if (observations >= READY_OBSERVATIONS) return;
    await line.process.sleep(POLL_MS);
  }
  throw new CommandError('context deadline exceeded');
}
