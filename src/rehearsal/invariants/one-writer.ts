import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** Controllers need a moment to end pods that were scaled to zero; a pod has 30 s to end. */
const GRACE_MS = 60_000;

/** S1: of the sites that the fence has reached, at most one accepts writes to a store. */
export const oneWriter: Invariant = {
  id: 'S1',
  watch:
    ({ twin }) =>
    () => {
      const fenced = twin.invocations.of('fence-site').find(({ output }) => output?.kind === 'fenced');
      if (fenced?.endedAt === undefined) return NOT_EXERCISED;
      const { volumes } = twin.clusters.primary;
      const since = fenced.endedAt + GRACE_MS;
      const writing = volumes.names().filter((pv) => volumes.writesBetween(pv, since) > 0);
      if (writing.length > 0) return broken(`the fenced primary still wrote to ${writing.join(', ')}`);
      return held('the primary was fenced and wrote nothing more');
    },
};
