import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { Behind } from '../../domain/store-ages.ts';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** S3 publishes each minute, on a best-effort basis; CloudWatch may have it some minutes later. */
const LOOK_BACK_MS = 15 * 60_000;
const PERIOD_SECONDS = 60;

type Replication = { name: string; replica: string; rule: string };

/**
 * What S3 itself says of replication, in the region of the copies: nothing in the region of the originals is asked.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export class ReplicationMetrics {
  readonly #client: CloudWatchClient;

  constructor(wires: Wires, region: string) {
    this.#client = connect(wires, CloudWatchClient, region);
  }

  /** How far the copy was behind, in each of the last minutes that S3 told of; none when it told nothing. */
  async behind({ name, replica, rule }: Replication, now: Date): Promise<Behind[]> {
    const { Datapoints = [] } = await this.#client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/S3',
        MetricName: 'ReplicationLatency',
        Dimensions: [
          { Name: 'SourceBucket', Value: name },
          { Name: 'DestinationBucket', Value: replica },
          { Name: 'RuleId', Value: rule },
        ],
        StartTime: new Date(now.getTime() - LOOK_BACK_MS),
        EndTime: now,
        Period: PERIOD_SECONDS,
        Statistics: ['Maximum'],
      }),
    );
    return Datapoints.flatMap(({ Timestamp: at, Maximum: seconds }) =>
      at === undefined || seconds === undefined ? [] : { at, seconds },
    );
  }
}
