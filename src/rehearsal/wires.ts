import type { SdkClient, WireRequest, WireResponse, Wires } from '../gateways/wires.ts';
import { AwsError } from './cloud/aws-error.ts';
import type { Caller } from './cloud/service.ts';
import type { World } from './cloud/world.ts';
import { received } from './sdk-body.ts';
import { type Protocol, sdkError } from './sdk-errors.ts';

/** The end that somebody's wires come from: who it is, where, and whether it still runs. */
export type WireEnd = {
  caller: Caller;
  /** A region, or 'internet'. */
  from: string;
  /** Goes on with what the work gave only if whoever asked still runs; otherwise never. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Kills it, where a fault does so between a call's effect and its answer. */
  crash?: () => void;
};

type Middleware = (
  next: unknown,
  context: { clientName: string; commandName: string },
) => (args: { input: unknown }) => Promise<unknown>;
type Stack = {
  add(middleware: Middleware, options: { step: string; priority: string; name: string }): void;
  remove(name: string): boolean;
};
type ClientConfig = { region(): Promise<string>; protocol: Protocol } & Record<string, unknown>;

/** They only write headers that nobody reads here, and cost a third of a call. */
const HEADER_WRITERS = [
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'loggerMiddleware',
];

/** The other end of the seam: every request of a function, or of the operator, is answered by the twin. */
export function twinWires(world: World, end: WireEnd): Wires {
  return {
    attach: (client) => attach(client, world, end),
    send: (request) => end.during(() => send(request, world, end)),
    resolve: (name) => end.during(async () => resolve(name, world, end)),
  };
}

function attach(client: SdkClient, world: World, end: WireEnd): void {
  const stack = client.middlewareStack as Stack;
  const config = client.config as ClientConfig;
  keepFromDisk(config);
  client.config = cheaplyCopied(config);
  for (const name of HEADER_WRITERS) stack.remove(name);
  const middleware: Middleware = (_, context) => async (args) => {
    const service = context.clientName.replace(/Client$/, '').toLowerCase();
    const operation = context.commandName.replace(/Command$/, '');
    const call = {
      caller: end.caller,
      from: end.from,
      region: await config.region(),
      service,
      operation,
      input: args.input,
      ...(end.crash === undefined ? {} : { crash: end.crash }),
    };
    const requestId = `${service}-${operation}-${world.kernel.now}`;
    return end.during(async () => {
      try {
        const output = received(await world.call(call));
        output.$metadata = { httpStatusCode: 200, requestId, attempts: 1, totalRetryDelay: 0 };
        return { output, response: {} };
      } catch (error) {
        throw error instanceof AwsError ? sdkError(error, config.protocol, requestId) : error;
      }
    });
  };
  stack.add(middleware, { step: 'build', priority: 'low', name: 'twin' });
}

/**
 * A client asks its surroundings, at its first call, for what its maker left open: ~/.aws/config, ~/.aws/credentials,
 * the environment, and for DynamoDB's account endpoints the instance's metadata service. All of that is answered here.
 */
function keepFromDisk(config: ClientConfig): void {
  const no = async (): Promise<boolean> => false;
  const nothing = async (): Promise<undefined> => undefined;
  Object.assign(config, {
    ignoreConfiguredEndpointUrls: true,
    serviceConfiguredEndpoint: nothing,
    useDualstackEndpoint: no,
    useFipsEndpoint: no,
    accountIdEndpointMode: async () => 'disabled',
    credentials: async () => ({ accessKeyId: 'twin', secretAccessKey: 'twin' }),
    sigv4aSigningRegionSet: nothing,
    endpointDiscoveryEnabled: no,
    useArnRegion: no,
    disableMultiregionAccessPoints: no,
    disableS3ExpressSessionAuth: no,
    authSchemePreference: async () => [],
    requestChecksumCalculation: async () => 'WHEN_REQUIRED',
    responseChecksumValidation: async () => 'WHEN_REQUIRED',
    // Compressing is real work in other threads.
    disableRequestCompression: async () => true,
    requestMinCompressionSizeBytes: async () => 10_240,
    // One stack for all calls of a command: they are the same here, and it is the SDK's own option.
    cacheMiddleware: true,
  });
}

/** What says where a call goes. */
const COPIED = [
  ...['serviceId', 'region', 'endpoint', 'endpointProvider', 'isCustomEndpoint', 'ignoreConfiguredEndpointUrls'],
  ...['serviceConfiguredEndpoint', 'useDualstackEndpoint', 'useFipsEndpoint', 'accountIdEndpointMode', 'credentials'],
  ...['forcePathStyle', 'useAccelerateEndpoint', 'useGlobalEndpoint', 'useArnRegion', 'bucketEndpoint'],
  ...['disableMultiregionAccessPoints', 'disableS3ExpressSessionAuth', 'clientContextParams'],
];

/**
 * A client copies its configuration twice a call, to learn where the call goes. What that does not need stays
 * readable, but is not copied.
 */
function cheaplyCopied(config: ClientConfig): object {
  const own = COPIED.filter((name) => name in config).map((name) => [name, config[name]]);
  return Object.assign(Object.create(config), Object.fromEntries(own));
}

async function send(request: WireRequest, world: World, end: WireEnd): Promise<WireResponse> {
  const { method, headers, body } = request;
  const sent = { method, url: new URL(request.url), headers, ...(body === undefined ? {} : { body }) };
  const { kernel } = world;
  return new Promise((resolve, reject) => {
    const cancel = kernel.schedule(request.timeoutMs, () => {
      kernel.touched();
      reject(
        Object.assign(new Error(`no answer from ${sent.url.host} in ${request.timeoutMs} ms`), {
          name: 'TimeoutError',
          code: 'ETIMEDOUT',
        }),
      );
    });
    world.fetch(sent, end.from, request.timeoutMs).then(resolve, reject).finally(cancel);
  });
}

async function resolve(name: string, world: World, end: WireEnd): Promise<string[]> {
  await world.kernel.sleep(world.latencies.draw('dns.lookup'));
  const host = world.resolve(name, end.from);
  return host === undefined ? [] : [host];
}
