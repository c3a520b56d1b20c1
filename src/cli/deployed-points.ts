import { pointOf } from '../domain/catalogue.ts';
import { isSignedBy, type Seal, type SignedSeal } from '../domain/seal.ts';
import { CatalogueTable } from '../gateways/aws/catalogue-table.ts';
import { identityIn } from '../gateways/aws/identity.ts';
import { Bucket } from '../gateways/aws/objects.ts';
import { CapturedFacts } from '../gateways/captured-facts.ts';
import { RemoteBucket } from '../gateways/remote-bucket.ts';
import type { Wires } from '../gateways/wires.ts';
import { judgeBucket } from '../operations/judge-bucket.ts';
import { controlRegion } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { prefixOf } from './bucket-directory.ts';
import { oneLine } from './ending.ts';
import { readPlan } from './read-plan.ts';
import { type ShownPoint, shownPoint } from './recovery-points-text.ts';

/** What a command line asks for, and what it left open. */
export type Asked = { plan: string; prefix: string | undefined; region: string | undefined; now: Date };

/** As many of each schedule as a person looks at. */
const NEWEST = 10;

/** The newest points of each of the plan's schedules, as the deployed catalogue knows them. */
export async function cataloguedPoints(asked: Asked, directory: string, wires: Wires): Promise<ShownPoint[]> {
  const plan = readPlan(asked.plan, directory);
  const region = controlRegion(plan);
  const table = `lifeboat-${plan.name}-catalogue`;
  const catalogue = new CatalogueTable(wires, region, table);
  const points = await reaching(`the catalogue ${table} in ${region}`, async () => {
    const proven = await catalogue.repositories();
    const schedules = plan.stores.backups.schedules.map(({ name }) => catalogue.newest(name, NEWEST));
    return (await Promise.all(schedules)).flat().map((known): ShownPoint => {
      const { namespaces: _, ...point } = pointOf(known, proven, asked.now);
      const volumes = known.volumes ?? [];
      return { ...point, volumes, seal: { kind: known.genuine ? 'signed' : 'unverified', sealedAt: known.sealedAt } };
    });
  });
  return points.sort((a, b) => (b.moment?.getTime() ?? 0) - (a.moment?.getTime() ?? 0));
}

/** Every backup of a bucket of S3, judged from that bucket alone, by the seals in it that the plan's key signed. */
export async function bucketPoints(url: string, asked: Asked, directory: string, wires: Wires): Promise<ShownPoint[]> {
  const { name, region, prefix, plan } = placeOf(url, asked, directory);
  const bucket = new RemoteBucket(new Bucket(wires, region, name), prefix);
  const { judged, seals } = await reaching(`the bucket ${name} in ${region}`, async () => {
    const seals = await bucket.seals();
    const genuine = await genuineOf(seals, plan, wires);
    await bucket.look([...genuine.values()].flatMap(({ repositories }) => repositories.map(({ folder }) => folder)));
    return { judged: await judgeBucket(bucket, genuine, asked.now), seals };
  });
  const sealedAt = new Map(seals.map(({ seal }) => [seal.backup, seal.sealedAt]));
  return judged.map(({ point, seal }) => {
    const at = sealedAt.get(point.name);
    const known = at === undefined ? undefined : ({ kind: seal ? 'signed' : 'unverified', sealedAt: at } as const);
    return shownPoint(point, known, (key) => bucket.placeOf(key));
  });
}

/** Where a bucket is, and where Velero writes in it: the plan knows of its own. */
function placeOf(url: string, { prefix, region, plan: file }: Asked, directory: string) {
  const [, name, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/.*)?$/.exec(url) ?? [];
  if (name === undefined) throw new BadInput(`--bucket ${url}: allowed: s3://<name of a bucket>/<prefix>`);
  const plan = region === undefined ? readPlan(file, directory) : planIfThere(file, directory);
  const { bucket, replica } = plan?.stores.backups ?? {};
  const site = name === replica ? 'standby' : name === bucket ? 'primary' : undefined;
  const where = region ?? (site && plan?.sites[site].region);
  if (where === undefined) throw new BadInput(`--bucket ${url}: not a bucket of ${file}: say its --region`);
  const given = prefixOf(path) || prefix;
  const inside = given ?? (site === undefined ? '' : 'velero');
  return { name, region: where, prefix: inside === '' ? '' : `${inside}/`, plan: site && plan };
}

function planIfThere(file: string, directory: string): Plan | undefined {
  try {
    return readPlan(file, directory);
  } catch {
    return undefined;
  }
}

/** The seals that the primary's key signed; none where that key cannot be had: then they prove nothing. */
async function genuineOf(seals: SignedSeal[], plan: Plan | undefined, wires: Wires): Promise<Map<string, Seal>> {
  const key = plan && seals.length > 0 ? await capturedKeyOf(plan, wires).catch(() => undefined) : undefined;
  const genuine = key === undefined ? [] : seals.filter((one) => isSignedBy(one, key.publicKey));
  return new Map(genuine.map(({ seal }) => [seal.backup, seal]));
}

async function capturedKeyOf(plan: Plan, wires: Wires) {
  const region = controlRegion(plan);
  const { account } = await identityIn(wires, region);
  const captured = new Bucket(wires, region, `lifeboat-${plan.name}-captured-${account}-${region}`);
  return new CapturedFacts(captured).sealKey();
}

/** Whoever asks must be told what could not be reached, rather than that nothing is restorable. */
async function reaching<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = error as Error;
    throw new BadInput(
      `${what} cannot be read: ${name}: ${oneLine(message)}; is it deployed, and may your credentials read it?`,
    );
  }
}
