import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { REAL_KUBERNETES } from '../../src/rehearsal/fidelity-differences.ts';

import { methodsOfGateways } from '../methods-of-gateways.ts';
import { type ControlPlane, startControlPlane } from './kubernetes/control-plane.ts';
import { access } from './parity/cases/access.ts';
import { controllers } from './parity/cases/controllers.ts';
import { defaults } from './parity/cases/defaults.ts';
import { definitions } from './parity/cases/definitions.ts';
import { deleting } from './parity/cases/deleting.ts';
import { gateway } from './parity/cases/gateway.ts';
import { jobs } from './parity/cases/jobs.ts';
import { reading } from './parity/cases/reading.ts';
import { rules } from './parity/cases/rules.ts';
import { writing } from './parity/cases/writing.ts';
import { placeOn, type Server } from './parity/place.ts';
import type { Case } from './parity/seen.ts';
import { realServer, twinServer } from './parity/servers.ts';

const TABLE: Record<string, Case[]> = {
  writing,
  rules,
  defaults,
  reading,
  deleting,
  access,
  definitions,
  controllers,
  jobs,
};

/** They find clusters through EKS, of which the second opinion is moto's. */
const WITH_EKS = ['Clusters.eks', 'Clusters.open', 'Clusters.openAt'];

let controlPlane: ControlPlane | undefined;
let asked = 0;

beforeAll(async () => {
  controlPlane = await startControlPlane();
});

afterAll(async () => controlPlane?.stop());

const answerOf = async (server: Server, { ask }: Case, namespace: string): Promise<unknown> => {
  const answer = await server.during(async () => ask(await placeOn(server, namespace)));
  return JSON.parse(JSON.stringify(answer ?? null));
};

async function compare(one: Case): Promise<void> {
  if (controlPlane === undefined) throw new Error('there is no control plane');
  const namespace = `case-${++asked}`;
  const real = await answerOf(realServer(controlPlane), one, namespace);
  const twin = await answerOf(twinServer(), one, namespace);
  if (one.differs === undefined) expect({ twin }).toEqual({ twin: real });
  else expect({ twin }).not.toEqual({ twin: real });
}

describe('the gateway', () => {
  it('is asked by each of its methods, or they are left out for a reason', async () => {
    const asked = Object.keys(gateway).map((method) => `ClusterApi.${method}`);
    // Every case is sent by it.
    const sentBy = 'patient-send.ts.patientSend';
    expect([...asked, sentBy, ...WITH_EKS].sort()).toEqual(await methodsOfGateways('src/gateways/kubernetes'));
  });

  const cases = Object.entries(gateway).flatMap(([method, some]) =>
    some.map((one) => [method, one.title, one] as const),
  );
  it.each(cases)('%s %s', (_, __, one) => compare(one));
});

describe.each(Object.entries(TABLE))('%s', (_, cases) => {
  it.each(cases.map((one) => [one.title, one] as const))('%s', (__, one) => compare(one));
});

describe('the differences', () => {
  it('are listed, each one, in the fidelity page', () => {
    const named = [...Object.values(gateway).flat(), ...Object.values(TABLE).flat()].flatMap(
      ({ differs }) => differs ?? [],
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(REAL_KUBERNETES).sort());
  });
});
