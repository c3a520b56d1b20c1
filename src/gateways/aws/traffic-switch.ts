import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

export type SwitchPosition = { entryPoint: string; onStandby: boolean };

/**
 * The metric behind each entry point's health check, in the standby region: 1 sends its traffic to the standby.
 * Flipping it needs no control plane in us-east-1 and nothing of the primary.
 */
export class TrafficSwitch {
  readonly #client: CloudWatchClient;
  readonly #plan: string;

  constructor(wires: Wires, standbyRegion: string, planName: string) {
    this.#client = connect(wires, CloudWatchClient, standbyRegion);
    this.#plan = planName;
  }

  async publish(positions: SwitchPosition[], now: Date): Promise<void> {
    if (positions.length === 0) return;
    const MetricData = positions.map(({ entryPoint, onStandby }) => ({
      MetricName: 'OnStandby',
      Dimensions: [
        { Name: 'Plan', Value: this.#plan },
        { Name: 'EntryPoint', Value: entryPoint },
      ],
      Timestamp: now,
      Value: onStandby ? 1 : 0,
    }));
    await this.#client.send(new PutMetricDataCommand({ Namespace: 'Lifeboat', MetricData }));
  }
}
