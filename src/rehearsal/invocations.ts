import type { Kernel } from './kernel/kernel.ts';

/** One call of one function, as the twin saw it go in and come out. */
export type Invocation = {
  folder: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are whatever the state machines and rules send
  input: any;
  startedAt: number;
  /** Undefined while it runs, or when it never came back. */
  endedAt?: number;
  // biome-ignore lint/suspicious/noExplicitAny: results are whatever the functions answer
  output?: any;
  error?: string;
};

type Handler<Context> = (event: unknown, context: Context) => Promise<unknown>;

/** Watches every function: when it was called, with what, and what came of it. Changes nothing. */
export class Invocations {
  readonly all: Invocation[] = [];
  readonly #byFolder = new Map<string, Invocation[]>();
  readonly #kernel: Kernel;
  readonly #listeners: ((invocation: Invocation) => void)[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Told twice of each: when it starts, and when it has ended. */
  listen(listener: (invocation: Invocation) => void): void {
    this.#listeners.push(listener);
  }

  watched<Context>(folder: string, handler: Handler<Context>): Handler<Context> {
    return async (event, context) => {
      const invocation: Invocation = { folder, input: event, startedAt: this.#kernel.now };
      this.#add(invocation);
      this.#tell(invocation);
      try {
        invocation.output = await handler(event, context);
        return invocation.output;
      } catch (error) {
        invocation.error = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        throw error;
      } finally {
        invocation.endedAt = this.#kernel.now;
        this.#tell(invocation);
      }
    };
  }

  of(folder: string): Invocation[] {
    return this.#byFolder.get(folder) ?? [];
  }

  #add(invocation: Invocation): void {
    this.all.push(invocation);
    const known = this.#byFolder.get(invocation.folder);
    if (known === undefined) this.#byFolder.set(invocation.folder, [invocation]);
    else known.push(invocation);
  }

  #tell(invocation: Invocation): void {
    for (const listener of this.#listeners) listener(invocation);
  }
}
