import { describe, expect, it } from '@jest/globals';
import { keyPattern } from '../../src/rehearsal/key-pattern.ts';

describe('a pattern of keys', () => {
  it.each([
    ['*', 'velero/backups/a/velero-backup.json', true],
    ['*-podvolumebackups.json.gz', 'velero/backups/a/a-podvolumebackups.json.gz', true],
    ['*-podvolumebackups.json.gz', 'velero/backups/a/a-podvolumebackups.json.gz.bak', false],
    ['velero/kopia/*/p*', 'velero/kopia/shop/p5f9d-s9a64', true],
    ['velero/kopia/*/p*', 'velero/kopia/shop/q41f8-s9a64', false],
    ['velero/backups/a.tar.gz', 'velero/backups/a.tar.gz', true],
    ['velero/backups/a.tar.gz', 'velero/backups/aXtar.gz', false],
    ['a[1]+*', 'a[1]+\nb', true],
  ])('%j is like %j: %j', (pattern, key, isLike) => {
    expect(keyPattern(pattern)(key)).toBe(isLike);
  });
});
