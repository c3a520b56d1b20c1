import { describe, expect, it } from '@jest/globals';
import { SECOND_OPINIONS } from '../../../src/rehearsal/fidelity-second-opinions.ts';
import { methodsOfGateways } from '../../methods-of-gateways.ts';
import { bucket } from './gateways/bucket.ts';
import { catalogueTable } from './gateways/catalogue-table.ts';
import { dnsRecords } from './gateways/dns-records.ts';
import { eks } from './gateways/eks.ts';
import { identity } from './gateways/identity.ts';
import { loadBalancers } from './gateways/load-balancers.ts';
import { machines } from './gateways/machines.ts';
import { controlBus, people } from './gateways/messages.ts';
import { metrics, replicationMetrics, trafficSwitch } from './gateways/metrics.ts';
import { registry } from './gateways/registry.ts';
import { runsTable } from './gateways/runs-table.ts';
import { signalsTable } from './gateways/signals-table.ts';
import { signingKey } from './gateways/signing-key.ts';
import { motoPlace } from './moto-place.ts';
import type { Place } from './place.ts';
import type { AnySuite, Case } from './suite.ts';
import { twinPlace } from './twin-place.ts';

const SUITES: AnySuite[] = [
  ...[bucket, catalogueTable, controlBus, dnsRecords, eks, identity, loadBalancers, machines, metrics, people],
  ...[registry, replicationMetrics, runsTable, signalsTable, signingKey, trafficSwitch],
];

/** Methods that moto cannot be asked by, with the difference that tells why. */
const LACKING: Record<string, string> = { 'eks-token.ts.eksToken': 'eks-token' };

/** What a case is answered there, on fresh ground, and which methods were called for it. */
async function asked(suite: AnySuite, { ask }: Case<unknown>, place: Place): Promise<[unknown, Set<string>]> {
  await place.deploy(suite.resources);
  const { called, stop } = listen(suite.gateway.prototype);
  try {
    return [await place.during(() => ask(suite.connect(place), place)), called];
  } finally {
    stop();
  }
}

/** Hears of every call of a gateway's methods. */
function listen(prototype: object): { called: Set<string>; stop: () => void } {
  const called = new Set<string>();
  const before = Object.getOwnPropertyDescriptors(prototype);
  for (const [name, { value }] of Object.entries(before)) {
    if (name === 'constructor' || typeof value !== 'function') continue;
    Object.defineProperty(prototype, name, {
      configurable: true,
      value(...given: unknown[]) {
        called.add(name);
        return value.apply(this, given);
      },
    });
  }
  return { called, stop: () => void Object.defineProperties(prototype, before) };
}

/** Parts of the gateways that make no call of their own. */
const MAKERS = /^(client|every-item)\.ts\./;
const methods = (await methodsOfGateways('src/gateways/aws')).filter((method) => !MAKERS.test(method));

describe('the contract', () => {
  const cases = SUITES.flatMap(({ gateway, cases }) =>
    Object.entries(cases).map(([method, some]) => [`${gateway.name}.${method}`, some ?? []] as const),
  );

  it('has a case for each method of each gateway, or says what moto lacks for it', async () => {
    const asked = cases.flatMap(([method, some]) => (some.length > 0 ? [method] : []));
    expect([...asked, ...Object.keys(LACKING)].sort()).toEqual(methods);
  });

  it('knows of no difference but the listed ones, and lists none that is not seen', () => {
    const seen = cases.flatMap(([, some]) => some.flatMap(({ moto }: Case<unknown>) => moto?.differs ?? []));
    const ofGateways = Object.keys(SECOND_OPINIONS).filter((name) => !name.startsWith('asl-'));
    expect([...new Set([...seen, ...Object.values(LACKING)])].sort()).toEqual(ofGateways.sort());
  });
});

describe.each(SUITES.map((suite) => [suite.gateway.name, suite] as const))('%s', (_, suite) => {
  const cases = Object.entries(suite.cases).flatMap(([method, some]) =>
    (some ?? []).map((one: Case<unknown>) => [method, one.title, one] as const),
  );
  it.each(cases)('%s %s', async (method, __, one) => {
    const places = [...(one.only === 'moto' ? [] : [twinPlace()]), await motoPlace()];
    const answers: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const place of places) {
      const [answer, called] = await asked(suite, one, place);
      if (suite.gateway.prototype.constructor !== Object) expect(called).toContain(method);
      answers[place.name] = answer;
      expected[place.name] = place.name === 'moto' && one.moto !== undefined ? one.moto.answers : one.answers;
    }
    expect(answers).toEqual(expected);
  });
});
