import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** S7: duplicate, late or reordered events change nothing: no step's effect happens twice. */
export const onceOnly: Invariant = {
  id: 'S7',
  watch:
    ({ twin }) =>
    () => {
      const raised = new Set(
        twin.invocations
          .of('raise-epoch')
          .filter(({ output }) => output !== undefined)
          .map(({ output }) => output.epoch),
      );
      if (raised.size === 0) return NOT_EXERCISED;
      const problems: string[] = [];
      const raisers = new Set(
        twin.invocations
          .of('raise-epoch')
          .filter(({ output }) => output !== undefined)
          .map(({ input }) => input.run.id),
      );
      if (raisers.size > 1) problems.push(`${raisers.size} runs raised the epoch`);
      const restores = twin.clusters.standby.store.list('restores.velero.io');
      const names = restores.map(
        ({ metadata, spec }) =>
          `${metadata.labels?.['lifeboat.dev/tier']} ${partOf(metadata.name)} from ${spec?.backupName}`,
      );
      const twice = names.filter((name, index) => names.indexOf(name) !== index);
      if (twice.length > 0) problems.push(`restored twice: ${twice.join(', ')}`);
      if (problems.length > 0) return broken(problems.join('; '));
      return held(`the epoch was raised once, ${restores.length} restores, each once`);
    },
};

const partOf = (restore: string): string =>
  /-(tier)-|-(cluster|admission)$/.exec(restore)?.slice(1).find(Boolean) ?? '';
