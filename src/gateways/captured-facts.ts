import type * as z from 'zod';
import { CAPTURED, capturedCluster, capturedDrift, capturedGit, capturedKey, inventory } from '../domain/captured.ts';
import { FactNotCaptured } from '../domain/errors.ts';
import type { Bucket } from './aws/objects.ts';

/** What was captured of the primary, in the control region: it can be read when the primary is gone. */
export class CapturedFacts {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  cluster = () => this.#read(CAPTURED.cluster, capturedCluster);
  inventory = () => this.#read(CAPTURED.inventory, inventory);
  sealKey = () => this.#readIfThere(CAPTURED.sealKey, capturedKey);
  drift = () => this.#readIfThere(CAPTURED.drift, capturedDrift);
  git = () => this.#readIfThere(CAPTURED.git, capturedGit);

  async write(what: keyof typeof CAPTURED, value: unknown): Promise<void> {
    await this.#bucket.write(CAPTURED[what], JSON.stringify(value));
  }

  async #readIfThere<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema> | undefined> {
    const value = await this.#bucket.readJson(key);
    return value === undefined ? undefined : schema.parse(value);
  }

  async #read<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const value = await this.#readIfThere(key, schema);
    if (value === undefined)
      throw new FactNotCaptured(`${key} was never captured; run the machine protect while the primary lives`);
    return value;
  }
}
