import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Authority } from './authority.ts';
import { s3Host } from './s3-host.ts';

/** Ends the TLS of CONNECT to a host of S3, and takes what is in it as a connection of the server's. Leads nowhere else. */
export function tunnel(server: Server, { certify }: Authority): void {
  const contexts = new Map<string, Promise<SecureContext>>();
  const strangers = new Set<string>();

  const contextFor = (host: string): Promise<SecureContext> => {
    const made = contexts.get(host) ?? certify(host).then(createSecureContext);
    contexts.set(host, made);
    return made;
  };

  server.on('connect', async ({ url: authority = '' }: IncomingMessage, socket: Socket, head: Buffer) => {
    const host = authority.replace(/:443$/, '');
    if (host.includes(':') || s3Host(host) === undefined) {
      if (!strangers.has(host)) process.stderr.write(`the proxy leads to S3 only: ${host} was refused\n`);
      strangers.add(host);
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const secureContext = await contextFor(host);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    socket.unshift(head);
    server.emit('connection', new TLSSocket(socket, { isServer: true, secureContext }));
  });
}
