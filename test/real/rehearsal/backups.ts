import { veleroSchedule } from '../../../src/domain/velero-locations.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import type { Twin } from '../../../src/rehearsal/twin.ts';
import type { RealCluster } from './real-cluster.ts';

const BACKUPS = '/apis/velero.io/v1/namespaces/velero/backups';

/**
 * Has each schedule that a tier lives by make a backup now, as `velero backup create --from-schedule` does; answers their
 * names. Those that hold everything once more, or configuration alone, are left to their time.
 */
export async function backUp({ api }: RealCluster, plan: Plan): Promise<string[]> {
  const names: string[] = [];
  const { schedules } = plan.stores.backups;
  for (const schedule of schedules.filter(({ every, contents }) => every !== undefined && contents === 'everything')) {
    const { metadata, spec } = veleroSchedule(plan, schedule);
    const { metadata: template, ...backupSpec } = (spec as { template: { metadata?: { labels: object } } }).template;
    const name = `${metadata.name}-${stamp()}`;
    const labels = { ...template?.labels, 'velero.io/schedule-name': metadata.name };
    const backup = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name, namespace: 'velero', labels } };
    await api.create(BACKUPS, { ...backup, spec: backupSpec });
    names.push(name);
  }
  return names;
}

/** https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/apis/velero/v1/schedule_types.go */
const stamp = (): string => new Date().toISOString().replace(/[-:T]|\..*/g, '');

/** What the control region last said of each of them that it does not call restorable. */
export function notYetRestorable({ invocations }: Twin, backups: string[]): string[] {
  const judged: { backup: string; verdict: string; reason: string }[] = invocations
    .of('judge-recovery-point')
    .flatMap(({ output }) => output?.judged ?? []);
  return backups.flatMap((name) => {
    const last = judged.findLast(({ backup }) => backup === name);
    if (last?.verdict === 'restorable') return [];
    return [`${name} ${last === undefined ? 'was not judged' : `is ${last.verdict}: ${last.reason}`}`];
  });
}
