import { describe, expect, it } from '@jest/globals';
import { list, parseFlags } from '../../../../src/rehearsal/cluster/velero/flags.ts';
import { goDuration, printGoDuration } from '../../../../src/rehearsal/cluster/velero/go-duration.ts';
import { labelValue } from '../../../../src/rehearsal/cluster/velero/label-value.ts';
import { applyJsonPatch } from '../../../../src/rehearsal/cluster/velero/restore/json-patch.ts';
import { inRestoreOrder, restoreOrder } from '../../../../src/rehearsal/cluster/velero/restore/order.ts';
import { scheduleTimes } from '../../../../src/rehearsal/cluster/velero/schedule-times.ts';
import { isKnown, versionIn } from '../../../../src/rehearsal/cluster/velero/version.ts';

describe('durations of Go', () => {
  it.each([
    ['24h', 86_400_000, '24h0m0s'],
    ['1h30m', 5_400_000, '1h30m0s'],
    ['90s', 90_000, '1m30s'],
    ['0', 0, '0s'],
    ['1.5h', 5_400_000, '1h30m0s'],
  ])('%s', (text, milliseconds, printed) => {
    expect(goDuration(text)).toBe(milliseconds);
    expect(printGoDuration(milliseconds)).toBe(printed);
  });

  it.each(['', '24', 'h', '1d', '1h 30m'])('refuse %j', (text) => {
    expect(() => goDuration(text)).toThrow('time: invalid duration');
  });
});

describe('label values', () => {
  it('are cut to what a label takes, and end with a digest, as the real ones do', () => {
    const uids = '79b0c3da-f5b5-4b56-8e38-7a9bad843448.fe49fc0b-c335-48c0-810c-39d0846cb8f0';
    expect(labelValue(`du-${uids}`)).toBe('du-79b0c3da-f5b5-4b56-8e38-7a9bad843448.fe49fc0b-c335-48c8ead14');
    expect(labelValue('critical-20260301022500')).toBe('critical-20260301022500');
  });
});

describe('times of a schedule', () => {
  const noon = Date.parse('2026-03-01T12:00:00Z');
  it.each([
    ['*/5 * * * *', '2026-03-01T12:05:00.000Z'],
    ['@hourly', '2026-03-01T13:00:00.000Z'],
    ['CRON_TZ=UTC 30 3 * * *', '2026-03-02T03:30:00.000Z'],
    ['@every 15m', '2026-03-01T12:15:00.000Z'],
  ])('%s', (text, next) => {
    expect(new Date(scheduleTimes(text)(noon)).toISOString()).toBe(next);
  });

  it.each(['', '* * *', '@every soon'])('refuse %j', (text) => {
    expect(() => scheduleTimes(text)).toThrow();
  });
});

describe('flags', () => {
  const flags = { flags: { wait: 'bool', names: 'list', image: 'string' } as const };

  it('take values after a space or an equals sign, and switches without', () => {
    const { values, positional } = parseFlags(['one', '--wait', '--image', 'a', '--names=b,c'], flags);
    expect([positional, values.get('wait'), values.get('image'), list(values.get('names'))]).toEqual([
      ['one'],
      'true',
      'a',
      ['b', 'c'],
    ]);
  });

  it.each([
    [['--nope'], 'unknown flag: --nope'],
    [['--image'], 'flag needs an argument: --image'],
    [['--wait=perhaps'], 'invalid argument "perhaps" for "--wait" flag'],
  ])('refuse %j', (args, message) => {
    expect(() => parseFlags(args, flags)).toThrow(message);
  });
});

describe('JSON patches', () => {
  const document = { spec: { replicas: 3, ports: [{ port: 80 }, { port: 443 }] } };

  it('add, replace, remove, copy and move, in their order', () => {
    const patched = applyJsonPatch(document, [
      { op: 'replace', path: '/spec/replicas', value: 0 },
      { op: 'remove', path: '/spec/ports/0' },
      { op: 'add', path: '/spec/ports/-', value: { port: 8080 } },
      { op: 'copy', from: '/spec/replicas', path: '/spec/before' },
      { op: 'move', from: '/spec/before', path: '/spec/after' },
    ]);
    expect(patched).toEqual({ spec: { replicas: 0, ports: [{ port: 443 }, { port: 8080 }], after: 0 } });
    expect(document.spec.replicas).toBe(3);
  });

  it('stop at a test that does not hold', () => {
    const test = { op: 'test', path: '/spec/replicas', value: 1 };
    expect(() => applyJsonPatch(document, [test])).toThrow();
  });
});

describe('the order of kinds', () => {
  const kinds = ['services', 'deployments.apps', 'pods', 'widgets.example.com', 'namespaces'];

  it('is Velero’s own, and by name for the rest', () => {
    expect(inRestoreOrder(kinds, restoreOrder())).toEqual([
      'namespaces',
      'pods',
      'services',
      'deployments.apps',
      'widgets.example.com',
    ]);
  });

  it('can be given to the server', () => {
    expect(inRestoreOrder(kinds, restoreOrder('widgets.example.com,-,pods'))).toEqual([
      'widgets.example.com',
      'deployments.apps',
      'namespaces',
      'services',
      'pods',
    ]);
    expect(() => restoreOrder('a,-,b,-,c')).toThrow('multiple priority separator');
  });
});

describe('the version of an image', () => {
  it.each([
    ['velero/velero:v1.18.3', '1.18.3', true],
    ['111122223333.dkr.ecr.us-east-1.amazonaws.com:443/velero/velero:v1.18.1', '1.18.1', true],
    ['velero/velero:v1.18.0', '1.18.0', false],
    ['velero/velero:v1.16.2', '1.16.2', false],
    ['velero/velero@sha256:0011', '1.18.2', true],
  ])('%s', (image, version, known) => {
    expect(versionIn(image)).toBe(version);
    expect(isKnown(version)).toBe(known);
  });
});
