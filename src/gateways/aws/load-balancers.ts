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
    const found = new Map<string, string>();
    for (const some of chunks(names)) {
      const answer = await this.#find(
        new DescribeLoadBalancersCommand({ Names: some }),
        'LoadBalancerNotFoundException',
        'LoadBalancerNotFound',
      );
      for (const balancer of answer?.LoadBalancers ?? []) {
        if (balancer.State?.Code === 'active') found.set(balancer.LoadBalancerName ?? '', balancer.DNSName ?? '');
      }
    }
    return found;
  }

  /** ARNs by target group name; a name that does not exist is not in it. */
  async targetGroups(names: string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const some of chunks(names)) {
      const answer = await this.#find(
        new DescribeTargetGroupsCommand({ Names: some }),
        'TargetGroupNotFoundException',
        'TargetGroupNotFound',
      );
      for (const group of answer?.TargetGroups ?? [])
        found.set(group.TargetGroupName ?? '', group.TargetGroupArn ?? '');
    }
    return found;
  }

  async targetHealth(targetGroupArn: string): Promise<TargetHealth> {
    const { TargetHealthDescriptions } = await this.#client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const all = TargetHealthDescriptions ?? [];
    return { healthy: all.filter((one) => one.TargetHealth?.State === 'healthy').length, total: all.length };
  }

  /** ELB answers not-found for the whole call when one of the names is unknown. */
  async #find(command: DescribeLoadBalancersCommand, ...notFound: string[]): Promise<LoadBalancersAnswer | undefined>;
  async #find(command: DescribeTargetGroupsCommand, ...notFound: string[]): Promise<TargetGroupsAnswer | undefined>;
  async #find(
    command: DescribeLoadBalancersCommand | DescribeTargetGroupsCommand,
    ...notFound: string[]
  ): Promise<unknown> {
    try {
      return await this.#client.send(command as DescribeLoadBalancersCommand);
    } catch (error) {
      if (isAwsError(error, ...notFound)) return undefined;
      throw error;
    }
  }
}

type LoadBalancersAnswer = {
  LoadBalancers?: { LoadBalancerName?: string; DNSName?: string; State?: { Code?: string } }[];
};
type TargetGroupsAnswer = { TargetGroups?: { TargetGroupName?: string; TargetGroupArn?: string }[] };

function chunks(names: string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0; from < names.length; from += NAMES_AT_A_TIME) all.push(names.slice(from, from + NAMES_AT_A_TIME));
  return all;
}
