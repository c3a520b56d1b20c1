import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { S3Request } from './request.ts';

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

type Sent = Pick<S3Request, 'method' | 'path' | 'headers'> & { body?: Buffer };

/** moto leaves what it did not read of a request in the connection, so each has one of its own. */
const agent = new Agent({ keepAlive: false });

/** moto itself, which nobody reaches but through the door. */
export class Upstream {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  /** The answer as it comes: its body is yet to be read. */
  async begun({
    body,
    ...line
  }: Sent): Promise<{ status: number; headers: IncomingHttpHeaders; from: IncomingMessage }> {
    const { hostname, port } = this.#url;
    const from = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, hostname, port, ...line }, resolve)
        .on('error', reject)
        .end(body);
    });
    const { connection: _, ...headers } = from.headers;
    return { status: from.statusCode ?? 0, headers, from };
  }

  async answer(sent: Sent): Promise<Answer> {
    const { status, headers, from } = await this.begun(sent);
    return { status, headers, body: Buffer.concat(await from.toArray()) };
  }
}
