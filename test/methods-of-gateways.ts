import { readdirSync } from 'node:fs';
import { join } from 'node:path';

type Module = Record<string, { prototype?: object }>;

/** Every method of the gateways in a folder, as `Bucket.read`; a function by itself as `identity.ts.identityIn`. */
export async function methodsOfGateways(folder: string): Promise<string[]> {
  const methods: string[] = [];
  for (const file of readdirSync(folder)) {
    const module: Module = await import(join(process.cwd(), folder, file));
    for (const [name, value] of Object.entries(module)) {
      const isClass = /^[A-Z]/.test(name) && value.prototype !== undefined;
      const own = isClass ? Object.getOwnPropertyNames(value.prototype).filter((one) => one !== 'constructor') : [name];
      methods.push(...own.map((method) => `${isClass ? name : file}.${method}`));
    }
  }
  return methods.sort();
}
