import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** S3: reported data loss is never less than what was really lost. */
export const honestLoss: Invariant = {
  id: 'S3',
  watch: (watched) => () => {
    const told = watched.stores.filter((store) => store.reportedLossSeconds !== null && store.trueLossSeconds !== null);
    if (told.length === 0) return NOT_EXERCISED;
    const less = told.filter((store) => (store.reportedLossSeconds ?? 0) < (store.trueLossSeconds ?? 0));
    if (less.length === 0) return held(`${told.length} stores, none lost more than was reported`);
    return broken(
      less
        .map((store) => `${store.store} lost ${store.trueLossSeconds} s; ${store.reportedLossSeconds} s were reported`)
        .join('; '),
    );
  },
};
