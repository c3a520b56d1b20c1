import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/** DescribeLoadBalancers and DescribeTargetGroups take up to 20 names at a time. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html */
const NAMES_AT_A_TIME = 20;

export type TargetHealth = { healthy: number; total: number };

/** A site's entry points, found by the names that were agreed when they were made. */
export class LoadBalancers {
  readonly #client: ElasticLoadBalancingV2Client;

  constructor(wires: Wires, region: string) {
    this.#client = connect(wires, ElasticLoadBalancingV2Client, region);
  }

  /** Host names by load balancer name; a name that does not exist is not in it. */
  async hostNames(names: string[]): Promise<Map<string, string>> {
    const ask = async (Names: string[]) =>
      (await this.#client.send(new DescribeLoadBalancersCommand({ Names }))).LoadBalancers ?? [];
    const found = await named(names, ask, 'LoadBalancerNotFoundException', 'LoadBalancerNotFound');
    const active = found.filter(({ State }) => State?.Code === 'active');
    return new Map(active.map(({ LoadBalancerName, DNSName }) => [LoadBalancerName ?? '', DNSName ?? '']));
  }

  /** ARNs by target group name; a name that does not exist is not in it. */
  async targetGroups(names: string[]): Promise<Map<string, string>> {
    const ask = async (Names: string[]) =>
      (await this.#client.send(new DescribeTargetGroupsCommand({ Names }))).TargetGroups ?? [];
    const found = await named(names, ask, 'TargetGroupNotFoundException', 'TargetGroupNotFound');
    return new Map(found.map(({ TargetGroupName, TargetGroupArn }) => [TargetGroupName ?? '', TargetGroupArn ?? '']));
  }

  async targetHealth(targetGroupArn: string): Promise<TargetHealth> {
    const { TargetHealthDescriptions } = await this.#client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const all = TargetHealthDescriptions ?? [];
    return { healthy: all.filter((one) => one.TargetHealth?.State === 'healthy').length, total: all.length };
  }
}

/** One name that is unknown is answered with not-found for the whole call: then each is asked for by itself. */
async function named<One>(
  names: string[],
  ask: (names: string[]) => Promise<One[]>,
  ...notFound: string[]
): Promise<One[]> {
  const found: One[] = [];
  for (const some of chunks(names)) {
    try {
      found.push(...(await ask(some)));
    } catch (error) {
      if (!isAwsError(error, ...notFound)) throw error;
      if (some.length > 1) for (const name of some) found.push(...(await named([name], ask, ...notFound)));
    }
  }
  return found;
}

function chunks(names: string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0; from < names.length; from += NAMES_AT_A_TIME) all.push(names.slice(from, from + NAMES_AT_A_TIME));
  return all;
}
