import { MOTO_URL, PYTHON } from './moto.ts';
import { type Moto, startMoto } from './start-moto.ts';

let moto: Moto | undefined;

/** Starts moto's server once for all tests. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default async function setUp(): Promise<void> {
  moto = await startMoto();
  process.env[MOTO_URL] = moto.url.origin;
  process.env[PYTHON] = moto.interpreter;
}

export async function tearDown(): Promise<void> {
  await moto?.stop();
}
