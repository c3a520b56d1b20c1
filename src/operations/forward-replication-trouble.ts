import type { ControlBus, ReplicationTrouble } from '../gateways/aws/control-bus.ts';

/**
 * Passes on what S3 tells of replication beside the source alone: an object failed to replicate, or is late. Told
 * twice, or of an object that has arrived meanwhile, it does no harm: whoever hears it looks for itself.
 */
export async function forwardReplicationTrouble(
  { bus }: { bus: ControlBus },
  troubles: ReplicationTrouble[],
): Promise<{ forwarded: number }> {
  await bus.replicationTrouble(troubles);
  return { forwarded: troubles.length };
}
