import { GetHealthCheckCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { FailoverRecord, HealthCheckFacts } from '../../domain/drift.ts';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/**
 * Reads a hosted zone's records and their health checks, ahead of time only: Route 53's API is a control plane in
 * us-east-1, and no failover may need it. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/route-53-concepts.html
 */
export class DnsRecords {
  readonly #client: Route53Client;

  constructor(wires: Wires) {
    this.#client = connect(wires, Route53Client, 'us-east-1');
  }

  /** The records of one name, as Route 53 has them now. */
  async of(zoneId: string, name: string): Promise<FailoverRecord[]> {
    const { ResourceRecordSets } = await this.#client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: name, MaxItems: 10 }),
    );
    return (ResourceRecordSets ?? [])
      .filter((record) => record.Name?.replace(/\.$/, '') === name)
      .map(({ Failover, ResourceRecords, HealthCheckId }) => ({
        failover: Failover,
        value: ResourceRecords?.[0]?.Value,
        healthCheckId: HealthCheckId,
      }));
  }

  /** Undefined when there is no such check. */
  async healthCheck(id: string): Promise<HealthCheckFacts | undefined> {
    try {
      const { HealthCheck } = await this.#client.send(new GetHealthCheckCommand({ HealthCheckId: id }));
      const { Type, AlarmIdentifier, Disabled, Inverted } = HealthCheck?.HealthCheckConfig ?? {};
      return {
        type: Type ?? '',
        alarm: AlarmIdentifier?.Name,
        disabled: Disabled === true,
        inverted: Inverted === true,
      };
    } catch (error) {
      if (isAwsError(error, 'NoSuchHealthCheck')) return undefined;
      throw error;
    }
  }
}
