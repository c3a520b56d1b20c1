import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startControlPlane } from '../../kubernetes/control-plane.ts';
import { type Nodes, startNodes } from '../../nodes/nodes.ts';
import { type ObjectStore, startObjectStore } from '../../s3/object-store.ts';
import { realServer } from '../servers.ts';
import type { Held, Method, Place, Site, Volumes } from './place.ts';
import { PLAN } from './platform.ts';

const FILES = 8;
const BYTES = 10_000;
/**
 * Nobody pulls images: what runs at all runs soon after what it waited for. A claim that was given its volume anew is looked
 * at by the controller each 15 s. https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
const SETTLED_MS: Record<Method, number> = { files: 5_000, snapshots: 30_000 };

/** Three clusters: one for what happens in the west, and two that share the rows of the east. */
export async function startRealPlace(method: Method = 'files'): Promise<Place & { stop(): Promise<void> }> {
  const s3 = await startObjectStore();
  const { primary, standby } = PLAN.sites;
  const sites = [
    { name: 'west', region: primary.region },
    { name: 'east-a', region: standby.region },
    { name: 'east-b', region: standby.region },
  ];
  const started = await Promise.allSettled(sites.map(({ name, region }) => startSite(name, region, method, s3)));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (one) => one.status === 'fulfilled' && one.value.stop()));
    await s3.stop();
  };
  const failed = started.some((one) => one.status === 'rejected');
  if (failed) await stop();
  const [west, ...easts] = started.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  if (west === undefined) throw new Error('there is no west');
  return { method, west, easts, s3, settledMs: SETTLED_MS[method], stop };
}

async function startSite(
  name: string,
  region: string,
  method: Method,
  { proxy }: ObjectStore,
): Promise<Site & { stop(): Promise<void> }> {
  const controlPlane = await startControlPlane();
  const nodes = await startNodes({
    ...{ controlPlane, names: [`${name}-0`, `${name}-1`], region, proxy },
    snapshots: method === 'snapshots',
  });
  return {
    name,
    server: realServer(controlPlane),
    volumes: directories(nodes),
    stop: async () => {
      await nodes.stop();
      await controlPlane.stop();
    },
  };
}

const directories = (nodes: Nodes): Volumes => ({
  read: async (pv) => filesIn(nodes.directoryOf(pv)),
  write: async (pv) => {
    const directory = nodes.directoryOf(pv);
    const fresh = Object.keys(filesIn(directory)).length === 0;
    for (let file = 0; file < (fresh ? FILES : 1); file++)
      writeFileSync(join(directory, `file-${file}`), randomBytes(BYTES));
  },
  // What is mounted there is so where this process does not see it, and goes with the directory.
  lose: async (pv) => {
    const all = readdirSync(nodes.home, { recursive: true, encoding: 'utf8' });
    const places = all.filter((path) => path.endsWith(`kubernetes.io~csi/${pv}`)).map((path) => join(nodes.home, path));
    for (const place of places) renameSync(place, `${place}-lost`);
    return () => {
      for (const place of places) renameSync(`${place}-lost`, place);
    };
  },
});

function filesIn(directory: string): Held {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(directory, name), 'latin1')]));
}
