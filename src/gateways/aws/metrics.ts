import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Measure } from '../../domain/rpo.ts';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: 1,000 values a call. */
const VALUES_A_CALL = 1000;

/** Lifeboat's own metrics, in the control region. */
export class Metrics {
  readonly #client: CloudWatchClient;
  readonly #plan: string;

  constructor(wires: Wires, region: string, planName: string) {
    this.#client = connect(wires, CloudWatchClient, region);
    this.#plan = planName;
  }

  async publish(measures: Measure[], now: Date): Promise<void> {
    for (let from = 0; from < measures.length; from += VALUES_A_CALL) {
      const MetricData = measures.slice(from, from + VALUES_A_CALL).map(({ name, unit, value, dimensions }) => ({
        MetricName: name,
        Unit: unit,
        Value: value,
        Timestamp: now,
        Dimensions: Object.entries({ Plan: this.#plan, ...dimensions }).map(([Name, Value]) => ({ Name, Value })),
      }));
      await this.#client.send(new PutMetricDataCommand({ Namespace: 'Lifeboat', MetricData }));
    }
  }
}
