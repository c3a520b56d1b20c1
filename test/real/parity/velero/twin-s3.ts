import type { ObjectVersion } from '../../../../src/rehearsal/cloud/s3-object.ts';
import { noteDamage } from '../../../../src/rehearsal/cluster/velero/kopia/damage.ts';
import { knowledgeOf } from '../../../../src/rehearsal/cluster/velero/velero.ts';
import type { VeleroRig } from '../../../rehearsal/cluster/velero/velero-rig.ts';
import type { Place } from './place.ts';

const METHODS: Record<string, string> = { 's3:PutObject': 'PUT', 's3:DeleteObject': 'DELETE', 's3:GetObject': 'GET' };

/** The twin's S3, asked as the real one is. */
export function twinS3({ s3, world, east }: VeleroRig): Place['s3'] {
  const refusals = new Set<Parameters<Place['s3']['refuse']>[0]>();
  world.judgeBy((_caller, { action, resource }) => {
    const [, bucket = '', key = ''] = /^arn:aws:s3:::([^/]+)\/?(.*)$/.exec(resource) ?? [];
    const method = METHODS[action];
    const no = method !== undefined && [...refusals].some((asks) => asks({ method, bucket, key }));
    return no ? 'it is denied' : undefined;
  });
  const versionsIn = (bucket: string, prefix = ''): ObjectVersion[] =>
    [...(s3.find(bucket)?.keys(prefix) ?? [])]
      .flatMap((key) => [...(s3.find(bucket)?.versionsOf(key) ?? [])])
      .sort((a, b) => a.lastModified - b.lastModified);
  const find = (bucket: string, key: string, versionId?: string): ObjectVersion => {
    const found = versionId === undefined ? s3.get(bucket, key) : s3.find(bucket)?.version(key, versionId);
    if (found === undefined) throw new Error(`${bucket} has no ${key}`);
    return found;
  };
  return {
    makeBucket: async (name, region) => void s3.makeBucket({ name, region, versioned: true }),
    list: async (bucket, prefix) => s3.list(bucket, prefix).map(stored),
    versions: async (bucket, prefix) =>
      versionsIn(bucket, prefix).flatMap((each) => (each.deleteMarker ? [] : stored(each))),
    get: async (bucket, key, versionId) => Buffer.from(find(bucket, key, versionId).bytes),
    put: async (bucket, key, body) => {
      s3.put(bucket, key, body);
      noteDamage(knowledgeOf(east));
    },
    replicate: async (from, to, { key, versionId }) => void s3.find(to)?.add(find(from, key, versionId).replica()),
    refuse: (asks) => {
      refusals.add(asks);
      return () => void refusals.delete(asks);
    },
  };
}

const stored = ({ key, versionId, size, etag, lastModified }: ObjectVersion) => ({
  ...{ key, versionId, size, etag },
  lastModified: new Date(lastModified),
});
