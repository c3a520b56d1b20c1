import { describe, expect, it } from '@jest/globals';
import {
  gitDrift,
  gitObject,
  inStepUntil,
  labelledRevision,
  revisionLabels,
  revisionOf,
  withRevisions,
} from '../../src/domain/git-revision.ts';

const SHA = '6f1b3c0e5d2a4978b1c6d7e8f90a1b2c3d4e5f60';
const object = (kind: 'GitRepository' | 'Kustomization' | 'Application') =>
  ({ kind, namespace: 'flux-system', name: 'platform' }) as const;
const source = object('GitRepository');
const told = (revision: unknown) => revisionOf(source, { artifact: { revision } });

describe('the Git revision of a cluster', () => {
  it('is read where each tool keeps it', () => {
    expect(gitObject(source)).toEqual({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      namespace: 'flux-system',
      name: 'platform',
    });
    expect(revisionOf(source, { artifact: { revision: `main@sha1:${SHA}` } })).toBe(SHA);
    expect(revisionOf(object('Kustomization'), { lastAppliedRevision: `main@sha1:${SHA}` })).toBe(SHA);
    expect(revisionOf(object('Application'), { sync: { revision: SHA } })).toBe(SHA);
  });

  it.each([
    [`main@sha1:${SHA}`, SHA],
    [`main/${SHA}`, SHA],
    [`sha1:${SHA}`, SHA],
    [SHA, SHA],
    [`main@sha256:${'a'.repeat(64)}`, 'a'.repeat(63)],
    ['6.1.6', '6.1.6'],
    ['refs/tags/v1.2@deadbeef', 'refs-tags-v1.2-deadbeef'],
    [`${'x'.repeat(62)}@y`, 'x'.repeat(62)],
  ])('%s stands in a label as %s', (revision, label) => {
    expect(told(revision)).toBe(label);
    expect(label).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
  });

  it.each([undefined, '', 7, {}])('is not known when %p is told', (revision) => {
    expect(told(revision)).toBeUndefined();
    expect(revisionOf(source, undefined)).toBeUndefined();
  });

  it('is labelled with the moment at which it was seen, as a label can say it', () => {
    expect(revisionLabels(SHA, new Date('2026-03-01T12:00:05.321Z'))).toEqual({
      'lifeboat.dev/git-revision': SHA,
      'lifeboat.dev/git-seen': '2026-03-01T12.00.05',
    });
  });

  it('is read from its labels again, and not from those of others', () => {
    const labels = revisionLabels(SHA, new Date('2026-03-01T12:00:05.321Z'));
    expect(labelledRevision(labels)).toEqual({ revision: SHA, seenAt: '2026-03-01T12:00:05.000Z' });
    expect(labelledRevision({})).toBeUndefined();
    expect(labelledRevision({ ...labels, 'lifeboat.dev/git-seen': 'yesterday' })).toBeUndefined();
  });
});

describe('the standby, compared with the primary in Git', () => {
  const before = { primary: 'a', standby: 'a' };

  it('is in step when it is where the primary is, or was an hour ago', () => {
    expect(gitDrift(before, { primary: 'b', standby: 'b' })).toEqual([]);
    expect(gitDrift(before, { primary: 'b', standby: 'a' })).toEqual([]);
  });

  it('has fallen behind when it is where the primary no longer was an hour ago', () => {
    expect(gitDrift({ primary: 'b', standby: 'a' }, { primary: 'b', standby: 'a' })).toEqual([
      'the standby is at Git revision a, the primary at b',
    ]);
    expect(gitDrift(undefined, { primary: 'b', standby: 'a' })).toHaveLength(1);
  });

  it('is not judged while either tells no revision', () => {
    expect(gitDrift(before, { primary: 'b', standby: null })).toEqual([]);
    expect(gitDrift(before, { primary: null, standby: 'a' })).toEqual([]);
  });
});

describe('the history of revisions', () => {
  it('tells until when the primary was at one, the last time', () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
    const seen = ['a', 'b', 'a', 'a', 'c'].reduce<ReturnType<typeof withRevisions> | undefined>(
      (before, primary, hour) => withRevisions(before, { primary, standby: null }, at(hour)),
      undefined,
    );
    if (seen === undefined) throw new Error('nothing seen');
    expect(inStepUntil(seen, 'a')).toBe(at(3).toISOString());
    expect(inStepUntil(seen, 'b')).toBe(at(1).toISOString());
    expect(inStepUntil(seen, 'd')).toBeUndefined();
  });

  const at = (text: string) => new Date(`2026-03-${text}:00.000Z`);
  const first = withRevisions(undefined, { primary: 'a', standby: null }, at('01T12:00'));

  it('goes on while the revision is the same, and begins anew with the next', () => {
    const same = withRevisions(first, { primary: 'a', standby: null }, at('01T13:00'));
    const next = withRevisions(same, { primary: 'b', standby: 'a' }, at('01T14:00'));
    expect(next).toEqual({
      capturedAt: '2026-03-01T14:00:00.000Z',
      primary: 'b',
      standby: 'a',
      history: [
        { revision: 'a', from: '2026-03-01T12:00:00.000Z', until: '2026-03-01T13:00:00.000Z' },
        { revision: 'b', from: '2026-03-01T14:00:00.000Z', until: '2026-03-01T14:00:00.000Z' },
      ],
    });
  });

  it('stays when nothing is told, and is forgotten after 90 days', () => {
    expect(withRevisions(first, { primary: null, standby: null }, at('02T12:00')).history).toEqual(first.history);
    const later = withRevisions(first, { primary: 'a', standby: null }, new Date('2026-06-15T12:00:00Z'));
    expect(later.history.map(({ from }) => from)).toEqual(['2026-06-15T12:00:00.000Z']);
  });
});
