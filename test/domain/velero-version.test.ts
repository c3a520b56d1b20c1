import { describe, expect, it } from '@jest/globals';
import { veleroImages } from '../../src/domain/velero-images.ts';
import {
  type FoundVelero,
  foundVelero,
  isOlder,
  judgeVelero as judge,
  upgradeProblem,
  versionOf,
} from '../../src/domain/velero-version.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const ours = veleroImages(plan, 'standby', '111122223333');

/** A Velero of that version, with all its parts. */
const velero = (version: string, change: Partial<FoundVelero> = {}): FoundVelero => ({
  image: `velero/velero:v${version}`,
  plugins: ['velero/velero-plugin-for-aws:v1.14.3'],
  agent: `velero/velero:v${version}`,
  keeper: undefined,
  movesSnapshots: false,
  ...change,
});

const judgeVelero = (found: FoundVelero) => judge(found, 'files');

describe("Velero's version", () => {
  it.each([
    ['velero/velero:v1.18.3', '1.18.3'],
    ['111122223333.dkr.ecr.us-east-1.amazonaws.com/velero/velero:1.16.0', '1.16.0'],
    ['velero/velero:v1.18.3@sha256:0', '1.18.3'],
    ['velero/velero:latest', undefined],
    ['velero/velero', undefined],
    ['registry:5000/velero/velero@sha256:0123', undefined],
  ])('of %s is %s', (image, version) => {
    expect(versionOf(image)).toBe(version);
  });

  it.each([
    ['1.9.12', '1.18.1', true],
    ['1.18.0', '1.18.1', true],
    ['1.18.1', '1.18.1', false],
    ['2.0.0', '1.18.1', false],
  ])('%s is older than %s: %s', (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });
});

describe('a Velero that is there already', () => {
  it.each(['1.18.1', '1.18.3'])('of %s is as good as our own', (version) => {
    expect(judgeVelero(velero(version))).toEqual({ version, usable: true, findings: [] });
  });

  it('that we install is one that we use, and has nothing to be said of', () => {
    const own = { ...velero(''), image: ours.velero, agent: ours.velero, plugins: [ours.plugin] };
    expect(judgeVelero(own)).toMatchObject({ usable: true, findings: [] });
  });

  it('of 1.12, as the field runs it, is judged by all that it lacks', () => {
    const { usable, findings } = judgeVelero(velero('1.12.3'));
    expect(usable).toBe(false);
    expect(findings.join('\n')).toMatch(/volumeinfo\.json/);
    expect(findings.join('\n')).toMatch(/Pod Identity/);
    expect(findings.join('\n')).toMatch(/read-only location too/);
    expect(findings.join('\n')).not.toMatch(/restic alone|stay in their region/);
  });

  it.each([
    ['1.9.7', /restic alone/],
    ['1.11.1', /stay in their region/],
    ['1.15.2', /read-only location too/],
    ['1.16.2', /have no id/],
    ['1.17.9', /have no id/],
    ['1.18.0', /cannot restore volumes from a read-only location/],
  ])('of %s is refused, and says why', (version, why) => {
    const { usable, findings } = judgeVelero(velero(version));
    expect(usable).toBe(false);
    expect(findings.join('\n')).toMatch(why);
  });

  it.each(['velero/velero:latest', 'velero/velero', `velero/velero@sha256:${'0'.repeat(64)}`, ''])(
    'whose image %p names no version is not taken for a good one',
    (image) => {
      const { usable, version, findings } = judgeVelero(velero('1.18.3', { image }));
      expect({ usable, version }).toEqual({ usable: false, version: undefined });
      expect(findings).toHaveLength(1);
    },
  );

  it('without node agents or without a plugin for AWS is not usable, whatever its version', () => {
    expect(judgeVelero(velero('1.18.3', { agent: undefined }))).toMatchObject({ usable: false });
    expect(judgeVelero(velero('1.18.3', { plugins: ['velero/velero-plugin-for-gcp:v1.14.0'] }))).toMatchObject({
      usable: false,
    });
  });

  it('that was not started to move snapshots serves a plan of files alone', () => {
    const [without, started] = [velero('1.18.3'), velero('1.18.3', { movesSnapshots: true })];
    expect(judge(without, 'files').usable).toBe(true);
    expect(judge(without, 'snapshots')).toMatchObject({ usable: false, findings: [matching(/--features=EnableCSI/)] });
    expect(judge(started, 'snapshots')).toMatchObject({ usable: true, findings: [] });
  });

  it('is used with a word on what was never tried together', () => {
    const odd = velero('1.18.3', {
      plugins: ['velero/velero-plugin-for-aws:v1.13.1'],
      agent: 'velero/velero:v1.17.0',
    });
    expect(judgeVelero(odd)).toMatchObject({ usable: true, findings: [/1\.13\.1/, /1\.17\.0/].map(matching) });
    expect(judgeVelero(velero('1.19.0', { plugins: ['velero/velero-plugin-for-aws:v1.15.0'] }))).toMatchObject({
      usable: true,
      findings: [matching(/newer than any/)],
    });
  });
});

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('what runs', () => {
  const template = { spec: { containers: [{ image: 'a:v1.2.3' }], initContainers: [{ image: 'plugin:v1.2.3' }] } };

  it('is read from the Deployment and the DaemonSet', () => {
    expect(foundVelero({ spec: { template } }, undefined)).toEqual({
      image: 'a:v1.2.3',
      plugins: ['plugin:v1.2.3'],
      agent: undefined,
      keeper: undefined,
      movesSnapshots: false,
    });
    expect(foundVelero({ spec: { template } }, { spec: { template } }).agent).toBe('a:v1.2.3');
    expect(foundVelero({}, {})).toMatchObject({ image: '', plugins: [], agent: undefined });
  });

  it.each([
    [['server', '--features=EnableCSI'], true],
    [['server', '--features=', '--log-level=debug'], false],
    [['server', '--log-level=debug', '--features', 'EnableAPIGroupVersions,EnableCSI'], true],
  ])('with %j moves snapshots: %s', (args, moves) => {
    const told = { spec: { template: { spec: { containers: [{ args }] } } } };
    expect(foundVelero(told, told).movesSnapshots).toBe(moves);
    expect(foundVelero(told, { spec: { template } }).movesSnapshots).toBe(false);
  });

  it.each([
    ['Helm', { annotations: { 'meta.helm.sh/release-name': 'velero' } }],
    ['Helm', { labels: { 'helm.sh/chart': 'velero-5.0.2' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'infra' } }],
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'velero:apps/Deployment:velero/velero' } }],
  ])('is kept by %s when it says so', (keeper, metadata) => {
    expect(foundVelero({ metadata }, undefined).keeper).toBe(keeper);
  });
});

describe('raising a Velero', () => {
  it('is left to whoever keeps it as it is', () => {
    expect(upgradeProblem(velero('1.12.3', { keeper: 'Helm' }))).toMatch(/Helm keeps it/);
  });

  it('is possible at once from 1.10 on, and of one of unknown version', () => {
    expect(upgradeProblem(velero('1.12.3'))).toBeUndefined();
    expect(upgradeProblem(velero('1.18.3', { image: 'velero/velero:latest' }))).toBeUndefined();
    expect(upgradeProblem(velero('1.9.7'))).toMatch(/no direct way up/);
  });
});
