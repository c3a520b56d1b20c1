import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** S2: traffic is never moved to a site whose checks have not passed in this epoch. */
export const checkedBeforeTraffic: Invariant = {
  id: 'S2',
  watch:
    ({ twin, clients }) =>
    () => {
      const standby = twin.plan.sites.standby.region;
      const problems: string[] = [];
      let moved = 0;
      for (const { name, tier } of twin.plan.entryPoints) {
        const answered = clients.answeredBy(name, standby);
        if (answered === undefined) continue;
        moved++;
        const passed = twin.invocations
          .of('check-tier')
          .find(({ input, output }) => input?.point?.tier === tier && output?.kind === 'healthy');
        if (passed?.endedAt === undefined)
          problems.push(`${name} was served by the standby, and tier ${tier} was never found healthy`);
        else if (passed.endedAt > answered.at)
          problems.push(`${name} was served by the standby before tier ${tier} was found healthy`);
      }
      if (problems.length > 0) return broken(problems.join('; '));
      return moved === 0 ? NOT_EXERCISED : held(`${moved} entry points moved, each after its tier's checks`);
    },
};
