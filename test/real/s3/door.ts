import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Authority } from './authority.ts';
import { type Asked, s3Request } from './request.ts';
import { tunnel } from './tunnel.ts';
import { Upstream } from './upstream.ts';
import type { Write } from './write.ts';
import { operationOf, writesOf } from './writes.ts';

/** What stands before moto, and judges and hears all that goes through it. */
type Given = { authority: Authority; moto: URL; refuses(asked: Asked): boolean; tell(write: Write): void };

export type Door = { url: URL; close(): Promise<void> };

const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** One port for all: S3's requests, and CONNECT to S3's hosts, behind which are S3's requests by TLS. */
export async function openDoor(given: Given): Promise<Door> {
  const moto = new Upstream(given.moto);
  const server = createServer((message, response) => void answer(given, moto, message, response));
  // Clients keep connections for later, as long as they like.
  Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
  const close = closing(server);
  tunnel(server, given.authority);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), close };
}

function closing(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

async function answer(
  { refuses, tell }: Given,
  moto: Upstream,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const asked = await s3Request(message);
    if (refuses({ method: asked.method, bucket: asked.bucket, key: asked.key })) {
      response.writeHead(403, { 'content-type': 'application/xml' }).end(DENIED);
    } else if (operationOf(asked) === undefined) {
      const { status, headers, from } = await moto.begun(asked);
      from.pipe(response.writeHead(status, headers));
    } else {
      const answered = await moto.answer(asked);
      const writes = await writesOf(asked, answered, moto);
      response.writeHead(answered.status, answered.headers).end(answered.body);
      for (const write of writes) tell(write);
    }
  } catch (error) {
    // Whoever hung up half-way is nobody to answer.
    if (message.complete) process.stderr.write(`${message.method} ${message.url} was not answered: ${error}\n`);
    response.destroy();
  }
}
