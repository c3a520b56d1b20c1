import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** S10: no failover without a quorum, for a blip, or when both regions are down. */
export const noFalseFailover: Invariant = {
  id: 'S10',
  watch: (watched) => {
    const { twin, lost } = watched;
    const { sites, detection } = twin.plan;
    const wrong: string[] = [];
    let raised = 0;
    twin.invocations.listen(({ folder, endedAt, output }) => {
      if (folder !== 'raise-epoch' || endedAt === undefined || output === undefined) return;
      raised++;
      const since = lost.get(sites.primary.region);
      if (watched.operatorStarted) return;
      if (since === undefined) wrong.push('the epoch was raised while the primary was there');
      else if (endedAt - since < detection.holdDown * 1000)
        wrong.push(`the epoch was raised ${(endedAt - since) / 1000} s after the loss, within the hold-down`);
      if (lost.has(sites.standby.region)) wrong.push('the epoch was raised while the standby was lost too');
    });
    return () => {
      if (wrong.length > 0) return broken(wrong.join('; '));
      if (raised > 0) return held('failed over for a real loss, after the hold-down');
      return twin.invocations.of('confirm-loss').length > 0 || lost.size > 0
        ? held('looked, and did not fail over')
        : NOT_EXERCISED;
    };
  },
};
