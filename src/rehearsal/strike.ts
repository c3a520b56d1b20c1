import { damageBackups, holdSome, silence } from './backup-faults.ts';
import { crashPods, loseNode, loseZone } from './cluster-faults.ts';
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
      return twin.eventbridge.delayBy(fault.by * 1000, shareOf(fault));
    case 'duplicate-events':
      return twin.eventbridge.duplicate(shareOf(fault));
    case 'capacity':
      return twin.ec2.exhaust(fault.region);
    case 'replication-stall':
      return twin.s3.replication.holdBack(() => true);
    case 'partial-replication':
      return holdSome(twin, fault);
    case 'backup-corruption':
      damageBackups(twin, fault);
      return undefined;
    case 'backup-silent-failure':
      return silence(twin, fault);
    case 'missing-metrics':
      return twin.cloudwatch.loseMetrics(fault.region === undefined ? {} : { region: fault.region });
    case 'node-loss':
      loseNode(twin, fault);
      return undefined;
    case 'zone-loss':
      return loseZone(twin, fault);
    case 'pod-crash':
      return crashPods(twin, fault);
    case 'clock-skew':
      return world.faults.skewClocks(fault.region, fault.by * 1000);
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

const shareOf = ({ region, probability }: { region?: string | undefined; probability: number }) => ({
  probability,
  ...(region !== undefined && { region }),
});
