import { describe, expect, it } from '@jest/globals';
import { statusText } from '../../src/cli/status-text.ts';
import { FIRST_OWNERSHIP } from '../../src/domain/run.ts';
import type { StoreAge } from '../../src/domain/store-ages.ts';
import type { Status } from '../../src/operations/read-status.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const QUIET: Status = {
  ownership: FIRST_OWNERSHIP,
  votes: [],
  run: undefined,
  traffic: [{ entryPoint: 'orders', owner: 'primary' }],
  unprotected: undefined,
  verified: undefined,
};
const age: StoreAge = {
  ...{ kind: 'namespace', store: 'orders', tier: 'critical', targetSeconds: 900, ageSeconds: 410 },
  moment: '2026-03-01T04:33:10.000Z',
  recoveryPoint: 'critical-5m-1',
};
const unprotected = (change: Partial<StoreAge>) => ({ at: '2026-03-01T04:40:00.000Z', ages: [{ ...age, ...change }] });

describe('a status', () => {
  it('says who owns the platform, and what nobody has said yet', () => {
    expect(statusText(QUIET, plan)).toMatch(/^shop belongs to the primary \(us-west-2\), epoch 1\.\n/);
    expect(statusText(QUIET, plan)).toContain('Nobody has measured what would be lost now');
  });

  it('says of each store how much would be lost now, beside what is promised', () => {
    const text = (change: Partial<StoreAge>) => statusText({ ...QUIET, unprotected: unprotected(change) }, plan);
    expect(text({})).toContain('  ✓ orders: the last 6m 50s, 15m promised (critical-5m-1)\n');
    expect(text({ ageSeconds: 901 })).toContain('  ✗ orders: the last 15m 1s, 15m promised');
  });

  it('says when the backups were looked into, and what was found', () => {
    const verified = { at: '2026-03-02T04:00:06.000Z', overdue: false, stores: 7, failures: [] };
    const text = (change: object) => statusText({ ...QUIET, verified: { ...verified, ...change } }, plan);
    expect(statusText(QUIET, plan)).toContain('Nobody has looked into the backups yet');
    expect(text({})).toContain(
      'The backups of 7 stores were looked into at 2026-03-02T04:00:06.000Z, and found nothing\n',
    );
    expect(text({ failures: ['daily-1: damage: it is empty'] })).toContain('Z:\n  ✗ daily-1: damage: it is empty\n');
    expect(text({ overdue: true })).toContain('more than a week ago');
  });

  it('never takes missing evidence for nothing lost', () => {
    const text = statusText({ ...QUIET, unprotected: unprotected({ ageSeconds: null, recoveryPoint: null }) }, plan);
    expect(text).toContain('  ✗ orders: everything; no recovery point can bring it back\n');
  });

  it('says of buckets and of Git what is known of their copies', () => {
    const text = (change: Partial<StoreAge>) =>
      statusText({ ...QUIET, unprotected: unprotected({ recoveryPoint: null, ...change }) }, plan);
    expect(text({ kind: 'bucket', store: 's3/files', ageSeconds: 61 })).toContain(
      '  ✓ s3/files: the last 1m 1s, 15m promised\n',
    );
    expect(text({ kind: 'bucket', store: 's3/files', ageSeconds: null })).toContain('S3 has told nothing');
    expect(text({ kind: 'git', store: 'git/shop', ageSeconds: null })).toContain('no revision is known');
  });
});
