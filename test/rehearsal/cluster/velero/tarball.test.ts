import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { filesIn, unzipAtOnce } from '../../../../src/gateways/tarball.ts';
import { itemOf, tarball } from '../../../../src/rehearsal/cluster/velero/backup/archive.ts';

const configMap = (namespace: string, name: string, text = '') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, resourceVersion: '1' },
  data: { text },
});

const bytesOf = (...objects: ReturnType<typeof configMap>[]): Uint8Array => {
  const { body } = tarball({ items: objects.map((object) => itemOf('configmaps', object)) });
  return typeof body === 'function' ? body() : Buffer.from(body);
};

async function pathsIn(bytes: Uint8Array): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for await (const { path, body } of filesIn(bytes, () => true, unzipAtOnce))
    found.push([
      path,
      path.endsWith('.json') ? JSON.parse(Buffer.from(body).toString()) : Buffer.from(body).toString(),
    ]);
  return found;
}

describe('the tarball of a simulated backup', () => {
  it('opens, and holds each object twice, as Velero writes it', async () => {
    const object = configMap('orders', 'settings', 'ü');
    expect(await pathsIn(bytesOf(object))).toEqual([
      ['metadata/version', '1.1.0\n'],
      ['resources/configmaps/namespaces/orders/settings.json', object],
      ['resources/configmaps/v1-preferredversion/namespaces/orders/settings.json', object],
    ]);
  });

  it('holds names that are too long for a header', async () => {
    const object = configMap('n'.repeat(63), 'x'.repeat(253));
    const paths = (await pathsIn(bytesOf(object))).map(([path]) => path);
    expect(paths).toContain(`resources/configmaps/namespaces/${'n'.repeat(63)}/${'x'.repeat(253)}.json`);
  });

  it('is the same for the same objects, another for others, and whole when it is large', () => {
    const large = configMap('orders', 'large', 'x'.repeat(200_000));
    expect(bytesOf(large)).toEqual(bytesOf(large));
    expect(bytesOf(large)).not.toEqual(bytesOf(configMap('orders', 'small')));
    expect(gunzipSync(bytesOf(large)).length).toBeGreaterThan(400_000);
  });
});
