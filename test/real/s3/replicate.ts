import type { Write } from './write.ts';

type Replicated = { key: string; versionId?: string };

/** `copied` is false where the version was already. */
type Answer = Pick<Write, 'versionId' | 'size' | 'etag' | 'deleteMarker'> & { copied: boolean };

/** Has moto copy a version between its buckets. Nothing is written when it was there already. */
export async function replicate(moto: URL, from: string, to: string, object: Replicated): Promise<Write | undefined> {
  const { key, versionId = null } = object;
  const body = JSON.stringify({ source: from, destination: to, key, version_id: versionId });
  const answer = await fetch(new URL('/moto-api/replicate', moto), { method: 'POST', body });
  if (!answer.ok) throw new Error(`${from}/${key} (${versionId ?? 'newest'}) was not replicated: it is not there`);
  const { copied, ...made } = (await answer.json()) as Answer;
  const operation = made.deleteMarker ? 'DeleteObject' : 'PutObject';
  return copied ? { operation, bucket: to, key, ...made, replica: true } : undefined;
}
