import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeHome } from '../home.ts';
import { Api, attempt } from './api.ts';
import { killProcesses } from './container-process.ts';
import { startExecEndpoint } from './exec-endpoint.ts';
import { Kubelets } from './kubelet.ts';
import { nodesOf, register } from './node-objects.ts';
import type { Given } from './nodes.ts';
import type { Ground } from './pod-on-node.ts';
import { relay } from './relay.ts';
import { schedule } from './schedule.ts';
import { defineSnapshots } from './snapshot-kinds.ts';
import { SNAPSHOT_PATHS, Snapshots } from './snapshots.ts';
import { Storage } from './storage.ts';

/**
 * What stands for a cluster's nodes: its scheduler, the drivers of its disks, what takes snapshots of these, and kubelets.
 * Disks are directories. Pods of Velero's image are real processes, in namespaces of their own, whose only ways out are the
 * API server and S3's proxy. Of all other images nothing runs: such pods are Running, or Succeeded when they are a job's.
 * There are no limits, probes, users, services, taints, evictions or restarts of nodes; nobody answers `logs`, and `exec` does
 * nothing; a disk has no zone.
 *
 * It runs in a mount namespace of its own and ends with its standard input, so also when whoever started it is killed.
 *
 *     unshare --mount --propagation private node run-nodes.ts GIVEN
 */
const given: Given = JSON.parse(process.argv[2] ?? '');
const TICK_MS = 200;
const SEEN = [
  '/api/v1/pods',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/persistentvolumes',
  '/apis/storage.k8s.io/v1/storageclasses',
  ...(given.definitions === undefined ? [] : SNAPSHOT_PATHS),
];

const home = makeHome('lifeboat-nodes-');
let mounted = false;

process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
process.stdin.on('end', end).on('error', end).resume();
await run().catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  end();
});

/** All processes of pods go with this one, and with the last of them its mounts; only the directories would stay. */
function end(): never {
  killProcesses();
  if (mounted) execFileSync('umount', ['--recursive', '--lazy', home]);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

async function run(): Promise<void> {
  // What is mounted in there is seen by those processes of pods that were started before.
  execFileSync('mount', ['--bind', home, home]);
  execFileSync('mount', ['--make-shared', home]);
  mounted = true;
  const api = new Api(given.controlPlane);
  const nodes = nodesOf(given.names, given.region);
  const ground = await prepare(api);
  const snapshots = new Snapshots(api, ground.disks, join(home, 'snapshots'));
  const storage = new Storage(api, ground.disks, snapshots);
  const kubelets = new Kubelets(ground, nodes);
  const kubeletPort = await startExecEndpoint(given.exec);
  if (given.definitions !== undefined) await defineSnapshots(api, given.definitions);
  for (const node of nodes) await register(api, node, kubeletPort, new Date().toISOString());
  process.stdout.write(`${JSON.stringify({ home })}\n`);
  for (;;) {
    await attempt(async () => {
      const lists = await Promise.all(SEEN.map((path) => api.list(path)));
      const [pods = [], claims = [], volumes = [], classes = []] = lists;
      const [snapshotClasses = [], taken = [], contents = []] = lists.slice(4);
      await schedule(api, nodes, { pods, claims });
      await storage.tend({ pods, claims, volumes, classes, snapshots: taken, contents });
      await snapshots.tend({ claims, volumes, snapshotClasses, snapshots: taken, contents });
      kubelets.sync(pods, claims);
    });
    await pause(TICK_MS);
  }
}

async function prepare(api: Api): Promise<Ground> {
  const { region, programs, proxy, controlPlane } = given;
  const ground: Ground = {
    ...{ api, home, region, programs },
    disks: join(home, 'volumes'),
    logs: join(home, 'logs'),
    authority: join(home, 'authority.crt'),
    apiSocket: join(home, 'api.sock'),
    proxySocket: join(home, 'proxy.sock'),
  };
  mkdirSync(ground.logs);
  writeFileSync(ground.authority, proxy.certificateAuthority);
  await relay({ path: ground.apiSocket }, { host: '127.0.0.1', port: Number(new URL(controlPlane.endpoint).port) });
  await relay({ path: ground.proxySocket }, { host: '127.0.0.1', port: proxy.port });
  return ground;
}
