import { describe, expect, it } from '@jest/globals';
import { ControlBus } from '../../src/gateways/aws/control-bus.ts';
import { SignalsTable } from '../../src/gateways/aws/signals-table.ts';
import { Web } from '../../src/gateways/web.ts';
import type { Wires } from '../../src/gateways/wires.ts';
import { probeSites } from '../../src/operations/probe-sites.ts';
import { remarksOn } from '../../src/plan/remarks.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const refused = () => Promise.reject(new Error('nothing may be asked or told'));

/** Wires that nothing may go through. */
const wires: Wires = {
  attach({ middlewareStack }) {
    const stack = middlewareStack as { add(middleware: () => () => Promise<never>, at: { step: string }): void };
    stack.add(() => refused, { step: 'initialize' });
  },
  send: refused,
  resolve: refused,
};
const given = {
  signals: new SignalsTable(wires, 'us-east-1', 'signals'),
  bus: new ControlBus(wires, 'us-east-1', 'bus'),
  web: new Web(wires),
  clock: { now: () => new Date('2026-03-01T04:41:00Z'), sleep: refused },
};

describe('a prober', () => {
  const { plan } = planOf(SMALL_PLAN);

  it('says nothing at all of a primary that it cannot see: silence from nothing starts no failover', async () => {
    expect(await probeSites(given, { ...plan, entryPoints: [] }, 'control')).toBeUndefined();
    await expect(probeSites(given, plan, 'control')).rejects.toThrow('nothing may be asked');
  });

  it('has its blindness told to whoever wrote such a plan', () => {
    expect(remarksOn(plan)).toEqual([]);
    expect(remarksOn({ entryPoints: [] })).toEqual([expect.stringContaining('only an operator can start a failover')]);
  });
});
