/** An AWS SDK client, as far as the wire is concerned. */
export type SdkClient = { middlewareStack: unknown; config: unknown };

export type WireRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** How long to wait for an answer before giving up. */
  timeoutMs: number;
  /** The certificate authority (PEM, base64) that the server's certificate must be signed by; default: the public ones. */
  certificateAuthority?: string;
};

export type WireResponse = { status: number; headers: Record<string, string>; body: string };

/**
 * The one seam: everything that leaves the process. Deployed functions are given the real ones (`live-wires.ts`),
 * a rehearsal gives its own; there is no second set of interfaces.
 */
export type Wires = {
  /** Called once for every SDK client made. The live wire leaves the client as it is. */
  attach(client: SdkClient): void;
  /** An HTTP request. Rejects when nobody answers; resolves for every status. */
  send(request: WireRequest): Promise<WireResponse>;
  /** The addresses (or canonical names) behind a name, as a client's resolver answers now; empty when there are none. */
  resolve(name: string): Promise<string[]>;
};
