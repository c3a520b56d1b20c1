/** A streamed answer's body with the SDK's own ways to read it, already here: nothing is streamed in a rehearsal. */
class ReceivedBody {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async transformToByteArray(): Promise<Uint8Array> {
    return this.#bytes;
  }

  async transformToString(encoding: BufferEncoding = 'utf8'): Promise<string> {
    return Buffer.from(this.#bytes).toString(encoding);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield this.#bytes;
  }
}

/** An operation's answer as the SDK shapes it. */
export function received(answer: unknown): Record<string, unknown> {
  const output = { ...(answer as Record<string, unknown> | undefined) };
  const { Body } = output;
  if (typeof Body === 'string') output.Body = new ReceivedBody(Buffer.from(Body));
  else if (Body instanceof Uint8Array) output.Body = new ReceivedBody(Body);
  return output;
}
