import { tierNamespaces } from '../../plan/places.ts';
import { contentsOf } from '../truth.ts';
import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** S4: a recovery point called restorable restores completely. */
export const restorableRestores: Invariant = {
  id: 'S4',
  watch:
    ({ twin }) =>
    () => {
      const restored = twin.invocations
        .of('restore-tier')
        .filter(({ output, error }) => output?.kind === 'completed' || error !== undefined);
      if (restored.length === 0) return NOT_EXERCISED;
      const failed = restored.filter(({ error }) => error?.startsWith('RestoreFailed')).map(({ error }) => error);
      const incomplete = twin.invocations
        .of('prove-tier')
        .filter(({ error }) => error?.startsWith('RestoreIncomplete'))
        .map(({ error }) => error);
      const problems = [...failed, ...incomplete, ...emptyVolumes(twin)];
      if (problems.length > 0) return broken(problems.join('; '));
      return held(
        `${restored.filter(({ output }) => output?.kind === 'completed').length} restores, every volume filled`,
      );
    },
};

/** Looks for itself: volumes of proven tiers that the primary had written to and that came back with nothing. */
function emptyVolumes(twin: Parameters<Invariant['watch']>[0]['twin']): string[] {
  const proven = twin.invocations.of('prove-tier').filter(({ output }) => output?.kind === 'complete');
  const namespaces = new Set(proven.flatMap(({ input }) => tierNamespaces(twin.plan, input?.point?.tier)));
  const here = contentsOf(twin.clusters.standby);
  const problems: string[] = [];
  for (const [name, { volume, content }] of contentsOf(twin.clusters.primary)) {
    if (!namespaces.has(volume.namespace) || content.lastWrite === null) continue;
    const came = here.get(name);
    const base = came && twin.clusters.standby.volumes.base(came.volume.pv);
    if (base === undefined || base.lastWrite === null)
      problems.push(`volume ${name} came back empty in a tier that was called complete`);
  }
  return problems;
}
