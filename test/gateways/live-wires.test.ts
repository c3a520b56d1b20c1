import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { liveWires } from '../../src/gateways/live-wires.ts';

it('says how long a body is, of a DELETE too, so that the next request on the connection is understood', async () => {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    heard.push(`${request.method} ${Buffer.concat(chunks)}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const method of ['DELETE', 'POST', 'DELETE'])
    await liveWires.send({ method, url, headers: {}, body: 'é', timeoutMs: 5000 });
  await new Promise((resolve) => server.close(resolve));
  expect(heard).toEqual(['DELETE é', 'POST é', 'DELETE é']);
});
