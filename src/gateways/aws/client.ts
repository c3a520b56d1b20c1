import type { SdkClient, Wires } from '../wires.ts';

type Constructor<C> = new (config: { region: string; maxAttempts: number; retryMode: string }) => C;

/** Every AWS client is made here, so that the wire sees each of them. Three attempts are the standard mode's default. */
export function connect<C extends SdkClient>(wires: Wires, Client: Constructor<C>, region: string): C {
  const client = new Client({ region, maxAttempts: 3, retryMode: 'standard' });
  wires.attach(client);
  return client;
}

/** Whether an SDK error has this code. */
export const isAwsError = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);
