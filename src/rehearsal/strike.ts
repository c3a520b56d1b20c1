import type { Cluster } from './cluster/cluster.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { ResolvedFault } from './scenario-faults.ts';
import type { Twin } from './twin.ts';

type Undo = () => void;

/** Makes a fault happen now, and undoes it when it has lasted its time. */
export function strike(twin: Twin, fault: ResolvedFault): void {
  twin.world.record('fault', { fault: fault.text });
  const undo = begin(twin, fault);
  const lasting = 'for' in fault ? fault.for : undefined;
  if (lasting === undefined || undo === undefined) return;
  twin.kernel.schedule(lasting * 1000, () => {
    twin.world.record('fault over', { fault: fault.text });
    undo();
  });
}

function begin(twin: Twin, fault: ResolvedFault): Undo | undefined {
  const { world, plan } = twin;
  const { network } = world;
  switch (fault.kind) {
    case 'region-loss':
      network.lose(fault.region);
      return () => network.restore(fault.region);
    case 'primary-returns':
      network.restore(plan.sites.primary.region);
      return undefined;
    case 'partition': {
      const [a, b] = fault.between;
      network.cut(a, b);
      return () => network.mend(a, b);
    }
    case 'service-error':
    case 'throttle':
    case 'latency':
    case 'function-crash':
      return callFault(twin, fault);
    case 'late-events':
      return twin.eventbridge.delayBy(fault.by * 1000);
    case 'duplicate-events':
      return twin.eventbridge.duplicateWith(fault.probability);
    case 'capacity':
      return twin.ec2.exhaust(fault.region);
    case 'replication-stall':
      return twin.s3.replication.holdBack(() => true);
    case 'partial-replication':
      return holdSome(twin, fault.probability);
    case 'missing-metrics':
      return twin.cloudwatch.loseMetrics(fault.region === undefined ? {} : { region: fault.region });
    case 'node-loss':
      clusterIn(twin, fault.region).loseNode(someNode(twin, fault.region));
      return undefined;
    case 'zone-loss':
      return loseZone(twin, fault.region);
    default:
      throw new NotSimulated(`the fault ${fault.kind}`);
  }
}

type CallFaultOf = Extract<ResolvedFault, { kind: 'service-error' | 'throttle' | 'latency' | 'function-crash' }>;

const KINDS = {
  'service-error': 'error',
  throttle: 'throttle',
  latency: 'latency',
  'function-crash': 'crash-after',
} as const;

function callFault({ world }: Twin, fault: CallFaultOf): Undo {
  return world.faults.add({
    kind: KINDS[fault.kind],
    probability: fault.probability,
    ...(fault.serviceId !== undefined && { service: fault.serviceId }),
    ...(fault.region !== undefined && { region: fault.region }),
    ...(fault.operations !== undefined && { operations: fault.operations }),
    ...(fault.kind === 'latency' && { delayMs: fault.by * 1000 }),
  });
}

/** Which objects are held back is decided once for each, by the seed. */
function holdSome(twin: Twin, probability: number): Undo {
  const random = twin.kernel.random.fork('partial-replication');
  const held = new Map<string, boolean>();
  return twin.s3.replication.holdBack((bucket, key, versionId) => {
    const name = `${bucket}/${key}/${versionId}`;
    const known = held.get(name) ?? random.next() < probability;
    held.set(name, known);
    return known;
  });
}

function loseZone(twin: Twin, region: string): Undo {
  const zone = `${region}${'abc'[twin.kernel.random.fork('zone-loss').below(3)]}`;
  const undo = twin.ec2.exhaust(region, zone);
  clusterIn(twin, region).loseZone(zone);
  return undo;
}

function clusterIn(twin: Twin, region: string): Cluster {
  const site = (['primary', 'standby'] as const).find((name) => twin.plan.sites[name].region === region);
  if (site === undefined) throw new NotSimulated(`a cluster in ${region}`);
  return twin.clusters[site];
}

function someNode(twin: Twin, region: string): string {
  const nodes = clusterIn(twin, region).store.list('nodes');
  if (nodes.length === 0) throw new NotSimulated(`the loss of a node in ${region}, where there is none,`);
  return nodes[twin.kernel.random.fork('node-loss').below(nodes.length)].metadata.name;
}
