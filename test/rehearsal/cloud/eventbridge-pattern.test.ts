import { describe, expect, it } from '@jest/globals';
import { eventTest } from '../../../src/rehearsal/cloud/eventbridge-pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::backups', 'arn:aws:s3:::other'],
  detail: {
    bucket: { name: 'backups' },
    object: { key: 'velero/backups/a/velero-backup.json', size: 12 },
    ip: '10.0.0.7',
    flag: true,
    none: null,
    items: [{ kind: 'a' }, { kind: 'b' }],
  },
};
const detail = (field: string, ...matchers: unknown[]) => ({ detail: { [field]: matchers } });
const key = (...matchers: unknown[]) => ({ detail: { object: { key: matchers } } });
const size = (...matchers: unknown[]) => ({ detail: { object: { size: matchers } } });

describe('an event pattern', () => {
  it.each([
    ['the exact value', { source: ['aws.s3'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['one of several values', { source: ['aws.ec2', 'aws.s3'] }, true],
    ['a value of an array', { resources: ['arn:aws:s3:::other'] }, true],
    ['several fields that all match', { source: ['aws.s3'], 'detail-type': ['Object Created'] }, true],
    ['several fields of which one does not match', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
    ['a number', size(12), true],
    ['a number where there is a text', { source: [12] }, false],
    ['a truth value', detail('flag', true), true],
    ['null', detail('none', null), true],
    ['a prefix', key({ prefix: 'velero/' }), true],
    ['another prefix', key({ prefix: 'kopia/' }), false],
    ['a prefix without regard to case', key({ prefix: { 'equals-ignore-case': 'VELERO/' } }), true],
    ['a suffix', key({ suffix: '.json' }), true],
    ['wildcards', key({ wildcard: 'velero/backups/*/velero-backup.json' }), true],
    ['wildcards that do not reach', key({ wildcard: 'velero/*/x.json' }), false],
    ['anything but a value', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
    ['anything but this value', { source: [{ 'anything-but': ['aws.s3', 'aws.ec2'] }] }, false],
    ['anything but a prefix', key({ 'anything-but': { prefix: 'velero/' } }), false],
    ['anything but some suffixes', key({ 'anything-but': { suffix: ['.gz', '.log'] } }), true],
    ['a range of numbers', size({ numeric: ['>', 10, '<=', 12] }), true],
    ['a range that excludes it', size({ numeric: ['<', 12] }), false],
    ['existence', detail('flag', { exists: true }), true],
    ['the existence of what is not there', detail('missing', { exists: true }), false],
    ['absence', detail('missing', { exists: false }), true],
    ['the absence of what is there', detail('flag', { exists: false }), false],
    ['absence below what is not there', { detail: { missing: { deeper: [{ exists: false }] } } }, true],
    ['equality without regard to case', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }, true],
    ['an address in a block', detail('ip', { cidr: '10.0.0.0/24' }), true],
    ['an address outside a block', detail('ip', { cidr: '10.1.0.0/24' }), false],
    ['an object within an array', { detail: { items: { kind: ['b'] } } }, true],
    ['either of two fields', { $or: [{ source: ['aws.ec2'] }, { 'detail-type': ['Object Created'] }] }, true],
    ['neither of two fields', { $or: [{ source: ['aws.ec2'] }, { 'detail-type': ['x'] }] }, false],
    ['a field that the event lacks', { account: ['1'] }, false],
  ])('that asks for %s: %j → %s', (_, pattern, matches) => {
    expect(eventTest(pattern)(event)).toBe(matches);
  });

  it.each([[{ source: 'aws.s3' }], [{ source: [{ starts: 'a' }] }], [{}], [{ detail: {} }]])(
    'is refused when it is malformed: %j',
    (pattern) => {
      expect(() => eventTest(pattern)).toThrow('Event pattern is not valid');
    },
  );
});
