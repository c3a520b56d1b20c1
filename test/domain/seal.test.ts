import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  backupJsonKey,
  backupOfKey,
  backupOfSeal,
  isSignedBy,
  type Seal,
  sealDigest,
  sealKey,
  tarballKey,
} from '../../src/domain/seal.ts';
import { always } from './always.ts';
import { sealOf } from './sealed.ts';
import { sealingKey } from './sealing-key.ts';

const NAME = 'critical-5m-20260301043000';

describe('a signature', () => {
  const { publicKey, sign: signedBy } = sealingKey();
  const sign = (seal: Seal): string | null => signedBy(seal).signature;

  it("is the key's own when nothing was changed", () => {
    expect(isSignedBy({ seal: sealOf(0), signature: sign(sealOf(0)) }, publicKey)).toBe(true);
  });

  it('holds in whatever order the members are stored', () => {
    const seal = sealOf(0);
    const reordered = Object.fromEntries(Object.entries(seal).reverse()) as Seal;
    expect(isSignedBy({ seal: reordered, signature: sign(seal) }, publicKey)).toBe(true);
  });

  it('is lost when anything is changed, and was never there on an unsigned seal', () => {
    const signature = sign(sealOf(0));
    const changes: Partial<Seal>[] = [
      { phase: 'Failed' },
      { expiration: '2027-01-01T00:00:00Z' },
      { repositories: [] },
    ];
    for (const change of changes) expect(isSignedBy({ seal: sealOf(0, change), signature }, publicKey)).toBe(false);
    expect(isSignedBy({ seal: sealOf(0), signature: null }, publicKey)).toBe(false);
  });

  it('of another key is none', () => {
    const other = sealingKey().publicKey;
    expect(isSignedBy({ seal: sealOf(0), signature: sign(sealOf(0)) }, other)).toBe(false);
  });

  it('is made of the SHA-256 of the seal as it is stored', () => {
    const stored = JSON.stringify(sealOf(0));
    expect(Buffer.from(sealDigest(sealOf(0)))).toEqual(createHash('sha256').update(stored).digest());
  });
});

describe('keys', () => {
  it("lie beside Velero's prefix, never in it, as Velero refuses a location with foreign folders", () => {
    expect(sealKey(NAME)).toBe(`lifeboat/seals/${NAME}.json`);
    expect(backupOfKey(sealKey(NAME))).toBeUndefined();
  });

  it('lead back to the backup that they belong to', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
    always(
      fc.property(name, (backupName) => {
        expect(backupOfKey(tarballKey(backupName))).toBe(backupName);
        expect(backupOfKey(backupJsonKey(backupName))).toBe(backupName);
        expect(backupOfKey(`velero/kopia/${backupName}/p01`)).toBeUndefined();
        expect(backupOfSeal(sealKey(backupName))).toBe(backupName);
        expect(backupOfSeal(tarballKey(backupName))).toBeUndefined();
      }),
    );
  });
});
