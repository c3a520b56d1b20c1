import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ListHealthChecksCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import type { SdkClient } from '../../src/gateways/wires.ts';
import { AwsError } from '../../src/rehearsal/cloud/aws-error.ts';
import type { Input, Operation } from '../../src/rehearsal/cloud/service.ts';
import { twinWires } from '../../src/rehearsal/wires.ts';
import { CoreTwin, OPERATOR } from './cloud/core-twin.ts';

const FROM = 'eu-west-1';

/** More than a client sends uncompressed. */
const MANY = Array.from({ length: 300 }, (_, index) => ({ MetricName: `metric-${index}-${'x'.repeat(50)}`, Value: 1 }));

/** A twin with one operation of a service, and whatever is asked of it through a client. */
class WiredTwin extends CoreTwin {
  readonly wires = twinWires(this.world, { caller: OPERATOR, from: FROM, during: (work) => work() });

  answering(service: string, operation: string, answer: Operation['answer']): this {
    this.world.register({ id: service, operations: { [operation]: { permissions: () => [], answer } }, resources: {} });
    return this;
  }

  connect<C extends SdkClient>(Client: new (config: { region: string }) => C, region = FROM): C {
    const client = new Client({ region });
    this.wires.attach(client);
    return client;
  }

  /** Lets virtual time pass, and nothing real: what waits for anything real is not answered. */
  async outcome(work: Promise<unknown>): Promise<Input> {
    let outcome: Input = 'nobody answered';
    this.kernel.spawn(() =>
      work.then(
        (value) => {
          outcome = value;
        },
        (error) => {
          outcome = error;
        },
      ),
    );
    await this.run(5);
    return outcome;
  }
}

const put = new PutItemCommand({ TableName: 'runs', Item: { id: { S: 'a' } } });

describe('the wires of a rehearsal', () => {
  it('answer a real client with what the twin answers, at once in real time', async () => {
    const heard: unknown[] = [];
    const twin = new WiredTwin().answering('dynamodb', 'PutItem', (input, at) => {
      heard.push(input, at.region);
      return { Attributes: { id: { S: 'a' } } };
    });
    const answer = await twin.outcome(twin.connect(DynamoDBClient, 'us-west-2').send(put));
    expect(answer).toMatchObject({ Attributes: { id: { S: 'a' } }, $metadata: { httpStatusCode: 200 } });
    expect(heard).toEqual([{ TableName: 'runs', Item: { id: { S: 'a' } } }, 'us-west-2']);
    expect(twin.calls).toMatchObject([
      { service: 'dynamodb', operation: 'PutItem', from: FROM, region: 'us-west-2', outcome: 'ok' },
    ]);
  });

  it.each<
    [
      string,
      new (config: { region: string }) => SdkClient & { send(command: never): Promise<unknown> },
      string,
      unknown,
    ]
  >([
    ['cloudwatch', CloudWatchClient, 'PutMetricData', new PutMetricDataCommand({ Namespace: 'n', MetricData: MANY })],
    ['eks', EKSClient, 'ListClusters', new ListClustersCommand({})],
    ['kms', KMSClient, 'GetPublicKey', new GetPublicKeyCommand({ KeyId: 'k' })],
    ['route53', Route53Client, 'ListHealthChecks', new ListHealthChecksCommand({})],
    [
      's3',
      S3Client,
      'PutObject',
      new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'text', ChecksumAlgorithm: 'SHA256' }),
    ],
    ['sns', SNSClient, 'Publish', new PublishCommand({ TopicArn: 't', Message: 'm' })],
  ])('ask nothing of their real surroundings for %s', async (service, Client, operation, command) => {
    const twin = new WiredTwin().answering(service, operation, () => ({ done: true }));
    expect(await twin.outcome(twin.connect(Client).send(command as never))).toMatchObject({ done: true });
  });

  it('throw a client’s own exceptions, with their members', async () => {
    const twin = new WiredTwin().answering('dynamodb', 'PutItem', () => {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, {
        Item: { id: { S: 'b' } },
      });
    });
    const error = await twin.outcome(twin.connect(DynamoDBClient).send(put));
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).not.toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      $fault: 'client',
      Item: { id: { S: 'b' } },
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('know exceptions by the codes of the query protocol', async () => {
    const twin = new WiredTwin().answering('elasticloadbalancingv2', 'DescribeTargetGroups', () => {
      throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
    });
    const error = await twin.outcome(
      twin.connect(ElasticLoadBalancingV2Client).send(new DescribeTargetGroupsCommand({ Names: ['x'] })),
    );
    expect(error).toBeInstanceOf(TargetGroupNotFoundException);
  });

  it('throw the client’s base exception for an error that it has no class for', async () => {
    const twin = new WiredTwin().answering('s3', 'GetObject', () => {
      throw new AwsError('AccessDenied', 'no', 403);
    });
    const error = await twin.outcome(twin.connect(S3Client).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(error).toMatchObject({
      name: 'AccessDenied',
      message: 'no',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('give a body that reads like the SDK’s', async () => {
    const twin = new WiredTwin().answering('s3', 'GetObject', (input) => {
      if (input.Key === 'none') throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return { Body: new TextEncoder().encode('héllo') };
    });
    const client = twin.connect(S3Client);
    const get = (Key: string) => twin.outcome(client.send(new GetObjectCommand({ Bucket: 'b', Key })));
    const { Body } = await get('k');
    expect(await Body.transformToString()).toBe('héllo');
    expect(await Body.transformToByteArray()).toHaveLength(6);
    expect(await get('none')).toBeInstanceOf(NoSuchKey);
  });

  it('refuse in the client what the client would refuse', async () => {
    const twin = new WiredTwin().answering('s3', 'GetObject', () => ({}));
    const error = await twin.outcome(
      twin.connect(S3Client).send(new GetObjectCommand({ Bucket: 'b', Key: undefined })),
    );
    expect(error).toMatchObject({ message: expect.stringContaining('Key') });
    expect(twin.calls).toEqual([]);
  });

  it('try a passing failure again, in virtual time', async () => {
    let attempts = 0;
    const twin = new WiredTwin().answering('eks', 'ListClusters', () => {
      attempts++;
      if (attempts < 3) throw new AwsError('ServerException', 'later', 500);
      return { clusters: [] };
    });
    expect(await twin.outcome(twin.connect(EKSClient).send(new ListClustersCommand({})))).toMatchObject({
      clusters: [],
    });
    expect(attempts).toBe(3);
  });

  it('end the rehearsal by name where an operation is not simulated, even if that is caught', async () => {
    const twin = new WiredTwin();
    const work = twin.connect(EKSClient).send(new ListClustersCommand({}));
    await expect(twin.outcome(work)).rejects.toThrow('eks:ListClusters is not simulated');
  });

  it('carry a request to its host, and give up in time when nobody answers', async () => {
    const twin = new WiredTwin();
    twin.world.hosts.set('app.example.com', {
      region: 'us-west-2',
      respond: ({ method, url, body }) => ({ status: 200, headers: {}, body: `${method} ${url.pathname} ${body}` }),
    });
    const send = () =>
      twin.outcome(
        twin.wires.send({
          method: 'POST',
          url: 'https://app.example.com/health',
          headers: {},
          body: 'x',
          timeoutMs: 2000,
        }),
      );
    expect(await send()).toEqual({ status: 200, headers: {}, body: 'POST /health x' });
    twin.world.network.lose('us-west-2');
    expect(await send()).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('give up in time when a host is too slow', async () => {
    const twin = new WiredTwin();
    twin.world.hosts.set('slow.example.com', { region: 'us-west-2', respond: () => new Promise(() => {}) });
    const before = twin.kernel.now;
    let gaveUpAt = 0;
    const work = twin.wires
      .send({ method: 'GET', url: 'https://slow.example.com/', headers: {}, timeoutMs: 2000 })
      .catch((error) => {
        gaveUpAt = twin.kernel.now;
        return error;
      });
    expect(await twin.outcome(work)).toMatchObject({ name: 'TimeoutError' });
    expect(gaveUpAt - before).toBe(2000);
  });

  it('resolve a name to the host at the end of its chain, and an unknown name to nothing', async () => {
    const twin = new WiredTwin();
    twin.world.resolveBy((name) => (name === 'app.example.com' ? 'lb.us-west-2.elb.amazonaws.com' : undefined));
    expect(await twin.outcome(twin.wires.resolve('app.example.com'))).toEqual(['lb.us-west-2.elb.amazonaws.com']);
    expect(await twin.outcome(twin.wires.resolve('other.example.com'))).toEqual([]);
  });
});
