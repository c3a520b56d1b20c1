import type { CallRecord } from '../cloud/world.ts';
import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** Whose work goes on beside a run and is best effort by design: it may ask the primary, and nothing waits for it. */
const BESIDE = /-(fence-site|fence|probe-sites|probe-sites-witness|capture-primary|protect|protect-cluster)$/;

/** S5: from the moment the primary is lost, no step needs the primary region, nor a control plane in us-east-1. */
export const independentOfTheLost: Invariant = {
  id: 'S5',
  watch: ({ twin, lost }) => {
    const { primary } = twin.plan.sites;
    const needed = new Set<string>();
    const controlPlane = new Set<string>();
    twin.world.observe((call: CallRecord) => {
      // A call that was under way inside the region broke with it: nothing outside has asked for anything.
      if (!lost.has(primary.region) || call.from === primary.region) return;
      if (call.caller.kind !== 'role' || !call.caller.arn.includes(':role/lifeboat-')) return;
      const role = call.caller.arn.split('/').at(-1) ?? '';
      const what = `${role} called ${call.service}:${call.operation}`;
      if (BESIDE.test(role)) return;
      if (call.usEast1ControlPlane) controlPlane.add(what);
      if (call.region === primary.region) needed.add(what);
    });
    return () => {
      if (!lost.has(primary.region)) return NOT_EXERCISED;
      if (controlPlane.size > 0)
        return broken(`a control plane in us-east-1 was called: ${[...controlPlane].join(', ')}`);
      if (needed.size > 0) return broken(`the lost region was called: ${[...needed].join(', ')}`);
      return held('no step asked the lost region or a control plane in us-east-1');
    };
  },
};
