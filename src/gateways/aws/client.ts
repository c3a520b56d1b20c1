import type { SdkClient, Wires } from '../wires.ts';

type Config = {
  region: string;
  maxAttempts: number;
  retryMode: string;
  requestHandler: { connectionTimeout: number; requestTimeout: number };
};
type Constructor<C> = new (config: Config) => C;

/** A dead region does not answer at all: what it costs to notice that, three times over. */
const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Every AWS client is made here, so that the wire sees each of them. Three attempts are the standard mode's default. */
export function connect<C extends SdkClient>(wires: Wires, Client: Constructor<C>, region: string): C {
  const requestHandler = { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const client = new Client({ region, maxAttempts: 3, retryMode: 'standard', requestHandler });
  wires.attach(client);
  return client;
}

/** Whether an SDK error has this code. */
export const isAwsError = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);
