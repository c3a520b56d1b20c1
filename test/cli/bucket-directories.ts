import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { lifeboat, ROOT } from './command-line.ts';

export const REAL = 'test/fixtures/velero-1.18.2/bucket';
export const MOVED = 'test/fixtures/velero-1.18.2-moved/bucket';
export const AT = ['--at', '2026-11-20T22:40:00Z'];
export const CONFIGURATION = 'config-hourly-20261120220000';
export const CRITICAL = 'critical-15m-20261120223000';

export type Shown = {
  name: string;
  schedule: string;
  moment: string | null;
  verdict: string;
  missing: string[];
  volumes: { namespace: string; name: string; portable: boolean; reason: string }[];
  evidence: { reason: string; seal: string; sealedAt: string | null };
};

export const directory = (): string => mkdtempSync(join(tmpdir(), 'lifeboat-'));

export function copyOf(bucket: string, into = ''): string {
  const root = directory();
  cpSync(join(ROOT, bucket), join(root, into), { recursive: true });
  return root;
}

export async function points(bucket: string, ...more: string[]): Promise<{ status: number; points: Shown[] }> {
  const { status, out } = await lifeboat(['recovery-points', '--bucket', bucket, '--json', ...more]);
  return { status, points: (JSON.parse(out) as { points: Shown[] }).points };
}

export async function sealed(bucket: string, ...more: string[]): Promise<string> {
  const file = join(directory(), 'seals.json');
  const { status, err } = await lifeboat(['seal', bucket, '--out', file, ...more]);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return file;
}

export async function refused(...args: string[]): Promise<string> {
  const { status, out, err } = await lifeboat(['recovery-points', ...args]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  return err.trimEnd();
}
