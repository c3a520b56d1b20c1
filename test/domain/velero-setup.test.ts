import { describe, expect, it } from '@jest/globals';
import { nextVeleroStep, type VeleroFacts } from '../../src/domain/velero-setup.ts';
import type { FoundVelero } from '../../src/domain/velero-version.ts';

const found = (version: string, keeper?: string): FoundVelero => ({
  image: `velero/velero:v${version}`,
  plugins: ['velero/velero-plugin-for-aws:v1.14.3'],
  agent: `velero/velero:v${version}`,
  keeper,
  movesSnapshots: false,
});

const NOTHING: VeleroFacts = {
  found: undefined,
  ready: false,
  install: 'missing',
  raise: 'missing',
  busy: 0,
  volumes: 'files',
  mayUpgrade: false,
};
const step = (facts: Partial<VeleroFacts>) => nextVeleroStep({ ...NOTHING, ...facts });

describe('a cluster without Velero', () => {
  it('gets it by a job, which is waited for', () => {
    expect(step({})).toEqual({ kind: 'install' });
    expect(step({ install: 'running' })).toMatchObject({ kind: 'wait' });
  });

  it('gets the job anew when the last one failed, or was done before somebody took Velero away', () => {
    expect(step({ install: 'failed' })).toEqual({ kind: 'clear', job: 'install' });
    expect(step({ install: 'done' })).toEqual({ kind: 'clear', job: 'install' });
  });
});

describe('a cluster with a Velero that can be used', () => {
  it('is waited for until it serves', () => {
    expect(step({ found: found('1.18.3') })).toEqual({ kind: 'wait', waitingFor: 'Velero to start' });
    expect(step({ found: found('1.18.3'), ready: true })).toEqual({ kind: 'serves', findings: [] });
  });

  it('is not one that can be used when volumes are to go by snapshots, and it was not started for them', () => {
    const late = { found: found('1.18.3'), ready: true, volumes: 'snapshots' } as const;
    expect(step(late)).toMatchObject({
      kind: 'refuse',
      reason: expect.stringMatching(/EnableCSI.*velero.upgrade: true/),
    });
    expect(step({ ...late, mayUpgrade: true })).toEqual({ kind: 'raise kinds' });
    expect(step({ ...late, found: { ...found('1.18.3'), movesSnapshots: true } })).toMatchObject({ kind: 'serves' });
  });

  it('is never touched, whatever the plan allows', () => {
    expect(step({ found: found('1.18.1'), ready: true, mayUpgrade: true })).toMatchObject({ kind: 'serves' });
  });
});

describe('a cluster with a Velero that is too old', () => {
  const old = { found: found('1.12.3'), ready: true };
  const allowed = { ...old, mayUpgrade: true };

  it('is refused, with the version, what is wrong with it, and the field that allows an upgrade', () => {
    expect(step(old)).toEqual({
      kind: 'refuse',
      reason: expect.stringMatching(/velero:v1\.12\.3: .*volumeinfo.*velero\.upgrade: true/),
    });
  });

  it('has its kinds raised first, while the old server still serves', () => {
    expect(step(allowed)).toEqual({ kind: 'raise kinds' });
    expect(step({ ...allowed, raise: 'running' })).toMatchObject({ kind: 'wait' });
    expect(step({ ...allowed, raise: 'failed' })).toEqual({ kind: 'clear', job: 'raise' });
  });

  it('is replaced between two backups, never during one', () => {
    expect(step({ ...allowed, raise: 'done', busy: 1 })).toMatchObject({ kind: 'wait' });
    expect(step({ ...allowed, raise: 'done' })).toEqual({ kind: 'replace' });
  });

  it('is not fought over with Helm, nor raised from before 1.10', () => {
    for (const other of [found('1.12.3', 'Helm'), found('1.9.7')])
      expect(step({ ...allowed, found: other })).toMatchObject({ kind: 'refuse' });
  });
});
