import {
  installCommand,
  jobGround,
  LIFEBOAT_NAMESPACE,
  RAISE_KINDS,
  VELERO_NAMESPACE,
  veleroJob,
} from '../domain/velero.ts';
import { VELERO_VERSION, veleroImages } from '../domain/velero-images.ts';
import { type JobState, nextVeleroStep, type VeleroFacts, type VeleroStep } from '../domain/velero-setup.ts';
import { foundVelero, judgeVelero } from '../domain/velero-version.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { isTrue } from './conditions.ts';

const JOBS = {
  install: `install-velero-${VELERO_VERSION.replaceAll('.', '-')}`,
  raise: `raise-velero-${VELERO_VERSION.replaceAll('.', '-')}`,
};
/** Before 1.10 node agents were called restic. https://velero.io/docs/v1.10/upgrade-to-1.10/ */
const AGENTS = ['node-agent', 'restic'];
const IN_PROGRESS = new Set([
  'InProgress',
  'WaitingForPluginOperations',
  'WaitingForPluginOperationsPartiallyFailed',
  'Finalizing',
  'FinalizingPartiallyFailed',
]);

type Outcome = Extract<VeleroStep, { kind: 'serves' | 'wait' | 'refuse' }>;

/** Takes the next step towards a Velero that serves in this cluster; what was done for it is waited for. */
export async function bringVelero(api: ClusterApi, plan: Plan, site: SiteName, account: string): Promise<Outcome> {
  const step = nextVeleroStep(await look(api, plan));
  const { velero, plugin } = veleroImages(plan, site, account);
  switch (step.kind) {
    case 'install':
      await run(api, veleroJob(JOBS.install, velero, installCommand({ velero, plugin }, plan)) as KubeObject);
      return { kind: 'wait', waitingFor: 'Velero to be installed' };
    case 'raise kinds':
      await run(api, veleroJob(JOBS.raise, velero, RAISE_KINDS) as KubeObject);
      return { kind: 'wait', waitingFor: "Velero's kinds to be raised" };
    case 'clear':
      await api.delete(jobRef(step.job));
      return { kind: 'wait', waitingFor: `its job ${JOBS[step.job]} to be made anew` };
    case 'replace':
      await replace(api);
      return { kind: 'wait', waitingFor: 'the old Velero to be replaced' };
    default:
      return step;
  }
}

/** What only an installation or an upgrade is decided by is asked for then alone. */
async function look(api: ClusterApi, { velero: { upgrade: mayUpgrade }, stores }: Plan): Promise<VeleroFacts> {
  const { volumes } = stores.backups;
  const server = await api.get(workloadRef('Deployment', 'velero'));
  const agent = await api.get(workloadRef('DaemonSet', 'node-agent'));
  const facts: VeleroFacts = {
    found: server && foundVelero(server, agent),
    ready: (server?.status?.readyReplicas ?? 0) > 0,
    install: 'missing',
    raise: 'missing',
    busy: 0,
    volumes,
    mayUpgrade,
  };
  if (server === undefined) return { ...facts, install: await jobState(api, 'install') };
  if (!mayUpgrade || facts.found === undefined || judgeVelero(facts.found, volumes).usable) return facts;
  return { ...facts, raise: await jobState(api, 'raise'), busy: await inProgress(api) };
}

async function run(api: ClusterApi, job: KubeObject): Promise<void> {
  for (const object of jobGround()) await api.apply(object as KubeObject);
  // A job's template cannot be changed, so one that is there is left alone.
  await api.create(job);
}

async function jobState(api: ClusterApi, job: keyof typeof JOBS): Promise<JobState> {
  const found = await api.get(jobRef(job));
  if (found === undefined) return 'missing';
  if (isTrue(found, 'Complete')) return 'done';
  return isTrue(found, 'Failed') ? 'failed' : 'running';
}

async function inProgress(api: ClusterApi): Promise<number> {
  const lists = await Promise.all(
    ['Backup', 'Restore'].map((kind) => api.list('velero.io/v1', kind, { namespace: VELERO_NAMESPACE })),
  );
  return lists.flat().filter(({ status }) => IN_PROGRESS.has(status?.phase)).length;
}

/** The server goes last: until then this step is taken again when it was cut short. */
async function replace(api: ClusterApi): Promise<void> {
  await api.delete(jobRef('install'));
  await api.delete(jobRef('raise'));
  for (const name of AGENTS) await api.delete(workloadRef('DaemonSet', name));
  await api.delete(workloadRef('Deployment', 'velero'));
}

const workloadRef = (kind: 'Deployment' | 'DaemonSet', name: string) => ({
  apiVersion: 'apps/v1',
  kind,
  namespace: VELERO_NAMESPACE,
  name,
});

const jobRef = (job: keyof typeof JOBS) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  namespace: LIFEBOAT_NAMESPACE,
  name: JOBS[job],
});
