import type { Cluster } from './cluster/cluster.ts';
import type { KubeObject } from './cluster/host.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { Random } from './kernel/random.ts';
import type { ResolvedFault } from './scenario-faults.ts';
import type { Twin } from './twin.ts';

type FaultOf<Kind extends ResolvedFault['kind']> = Extract<ResolvedFault, { kind: Kind }>;

export function loseNode(twin: Twin, { region }: FaultOf<'node-loss'>): void {
  const cluster = clusterIn(twin, region);
  const nodes = cluster.store.list('nodes');
  const lost = nodes[twin.kernel.random.fork('node-loss').below(nodes.length)];
  if (lost === undefined) throw new NotSimulated(`the loss of a node in ${region}, where there is none,`);
  cluster.loseNode(lost.metadata.name);
}

/** Answers how the zone has instances again. */
export function loseZone(twin: Twin, { region }: FaultOf<'zone-loss'>): () => void {
  const zone = `${region}${'abc'[twin.kernel.random.fork('zone-loss').below(3)]}`;
  const undo = twin.ec2.exhaust(region, zone);
  clusterIn(twin, region).loseZone(zone);
  return undo;
}

/** From the process's beginning to its end: a fault in the program or its configuration shows at once. */
const CRASHES_AFTER_MS = 1_000;

export function crashPods(twin: Twin, { region, probability, at }: FaultOf<'pod-crash'>): () => void {
  return crashStartingPods(clusterIn(twin, region), twin.kernel.random.fork(`pod-crash/${at}`), probability);
}

/** Which pods crash is decided once for each, by the seed: one that does crashes each time it is started again. */
export function crashStartingPods(cluster: Cluster, random: Random, probability: number): () => void {
  const struck = new Map<string, boolean>();
  let over = false;
  const stop = cluster.store.watch('pods', ({ type, object, old }) => {
    const { uid, namespace, name } = object.metadata;
    if (type === 'DELETED' || !hasStarted(object, old)) return;
    const crashes = struck.get(uid) ?? random.next() < probability;
    struck.set(uid, crashes);
    if (crashes) cluster.after(CRASHES_AFTER_MS, () => void (over || cluster.crashPod(namespace, name)));
  });
  return () => {
    over = true;
    stop();
  };
}

/** Whether a container runs that did not before. */
function hasStarted(pod: KubeObject, before: KubeObject | undefined): boolean {
  const running = (object: KubeObject | undefined): Set<string> =>
    new Set(
      (object?.status?.containerStatuses ?? []).flatMap(({ name, restartCount, state }: KubeObject) =>
        state?.running === undefined ? [] : [`${name}/${restartCount}`],
      ),
    );
  return !running(pod).isSubsetOf(running(before));
}

function clusterIn(twin: Twin, region: string): Cluster {
  const site = (['primary', 'standby'] as const).find((name) => twin.plan.sites[name].region === region);
  if (site === undefined) throw new NotSimulated(`a cluster in ${region}`);
  return twin.cluster(site);
}
