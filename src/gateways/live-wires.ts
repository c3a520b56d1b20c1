import { resolve4, resolve6 } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WireRequest, WireResponse, Wires } from './wires.ts';

/** The real wire: AWS clients as they are, Node's own HTTP and DNS. */
export const liveWires: Wires = {
  attach() {},
  send,
  async resolve(name) {
    const found = await Promise.allSettled([resolve4(name), resolve6(name)]);
    return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  },
};

function send({ method, url, headers, body, timeoutMs, certificateAuthority }: WireRequest): Promise<WireResponse> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const ca = certificateAuthority === undefined ? undefined : Buffer.from(certificateAuthority, 'base64');
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    // Of a DELETE's body, Node alone would not say the length: the server takes it for the next request's begin.
    const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
    const sent = { ...headers, ...length };
    const outgoing = request(url, { method, headers: sent, signal, ...(ca && { ca }) }, (incoming) => {
      collect(incoming).then(
        (text) => resolve({ status: incoming.statusCode ?? 0, headers: flat(incoming), body: text }),
        reject,
      );
    });
    outgoing.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    outgoing.end(body);
  });
}

async function collect(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const flat = (incoming: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
