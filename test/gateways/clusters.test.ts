import { describe, expect, it } from '@jest/globals';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import type { WireRequest, WireResponse } from '../../src/gateways/wires.ts';

const address = { name: 'standby', endpoint: 'https://cluster.test', certificateAuthority: '', region: 'us-east-1' };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one', namespace: 'default' } };
const discovery = { kind: 'APIResourceList', resources: [{ name: 'pods', kind: 'Pod', namespaced: true, verbs: [] }] };
const busy = (headers: Record<string, string> = {}): WireResponse => ({ status: 503, headers, body: '{}' });
const fine = (body: object): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A cluster that answers what is given, and then well; what is asked of it but discovery, and how long was waited. */
async function cluster(...answers: WireResponse[]) {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const asked: string[] = [];
  const send = async ({ method, url }: WireRequest) => {
    const { pathname } = new URL(url);
    if (pathname === '/api/v1') return fine(discovery);
    asked.push(`${method} ${pathname}`);
    return answers.shift() ?? fine(pod);
  };
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  const clock = { now: () => new Date(now), sleep };
  const wires = { attach() {}, send, resolve: async () => [] };
  const clusters = new Clusters(wires, clock, { next: () => 0.5 }, { accessKeyId: 'a', secretAccessKey: 'b' });
  const api = await clusters.openAt(address);
  return { api, asked, waited: () => now - Date.parse('2026-03-01T12:00:00Z') };
}
const ref = { apiVersion: 'v1', kind: 'Pod', name: 'one', namespace: 'default' };

describe('a cluster that is too busy', () => {
  it('is asked again after as long as it says', async () => {
    const { api, asked, waited } = await cluster(busy({ 'Retry-After': '3' }), busy({ 'retry-after': '1' }));
    expect(await api.get(ref)).toEqual(pod);
    expect(asked).toHaveLength(3);
    expect(waited()).toBe(4_000);
  });

  it('is asked again for a creation, which may then find its own object there', async () => {
    const taken = { status: 409, headers: { 'content-type': 'application/json' }, body: '{}' };
    const { api, asked } = await cluster(busy(), taken);
    expect(await api.create(pod)).toBe(false);
    expect(asked).toEqual(['POST /api/v1/namespaces/default/pods', 'POST /api/v1/namespaces/default/pods']);
  });

  it('for all of our patience is a temporary failure, which the machines try again', async () => {
    const { api, asked } = await cluster(...Array.from({ length: 6 }, () => busy()));
    await expect(api.delete(ref)).rejects.toMatchObject({ name: 'TemporaryFailure' });
    expect(asked).toHaveLength(6);
  });

  it('is not ready at its first word: whoever asks that has its own patience', async () => {
    const { api, asked, waited } = await cluster(busy());
    expect(await api.ready()).toBe(false);
    expect(asked).toEqual(['GET /readyz']);
    expect(waited()).toBe(0);
  });
});
