import type { SdkClient, Wires } from '../../../src/gateways/wires.ts';
import type { TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';
export const MACHINES_ROLE = `arn:aws:iam::${ACCOUNT}:role/machines`;

/** Somewhere that AWS's calls are answered: the twin, or moto. Empty at first. */
export type Place = {
  name: 'twin' | 'moto';
  wires: Wires;
  /** What its own clock says. */
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  deploy(resources: Record<string, TemplateResource>): Promise<void>;
  /** Makes a state machine; answers its ARN. */
  machine(name: string, definition: unknown): Promise<string>;
  /** Puts an image into a repository that is deployed; answers its digest. */
  push(repository: string, tag: string): Promise<string>;
  /** Lets time pass until the work is done. */
  during<T>(work: () => Promise<T>): Promise<T>;
};

/** A client such as the gateways', for what no gateway does: arranging, and looking at what came of it. */
export function clientOf<C extends SdkClient>(
  { wires }: Pick<Place, 'wires'>,
  Client: new (config: { region: string }) => C,
): C {
  const client = new Client({ region: REGION });
  wires.attach(client);
  return client;
}

/** Asks again and again until there is an answer. */
export async function until<T>(place: Place, ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await place.sleep(20);
  }
  throw new Error('there was never an answer');
}
