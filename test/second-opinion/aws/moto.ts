import type { SdkClient, Wires } from '../../../src/gateways/wires.ts';

/** Where the set-up says that moto listens, and which Python has the requirements. */
export const MOTO_URL = 'LIFEBOAT_TEST_MOTO_URL';
export const PYTHON = 'LIFEBOAT_TEST_PYTHON';

type Request = { protocol: string; hostname: string; port?: number };
type Handler = { handle(request: Request, options: unknown): unknown };

export function motoUrl(): URL {
  const url = process.env[MOTO_URL];
  if (url === undefined) throw new Error('moto runs only with `npm run test:second-opinion`');
  return new URL(url);
}

/**
 * Sends to moto what a client would send to AWS, byte for byte: serialized, signed and with AWS's own host in its
 * header, by which moto knows the service.
 */
export const motoWires: Wires = {
  attach: (client) => attachTo(motoUrl(), client),
  send: () => Promise.reject(new Error('no HTTP here')),
  resolve: async () => [],
};

export function attachTo({ hostname, port }: URL, client: SdkClient): void {
  const config = client.config as { requestHandler: Handler } & Record<string, unknown>;
  config.credentials = async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });
  // moto unpacks what is compressed twice.
  config.disableRequestCompression = async () => true;
  const { requestHandler } = config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) =>
    handle(Object.assign(request, { protocol: 'http:', hostname, port: Number(port) }), options);
}
