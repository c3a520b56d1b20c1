import {
  type Cluster,
  DescribeAddonCommand,
  DescribeClusterCommand,
  EKSClient,
  ListAddonsCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/** What is needed to speak to a cluster's API, and what it is. */
export type ClusterFacts = {
  name: string;
  region: string;
  status: string;
  version: string;
  endpoint: string;
  /** PEM, base64. */
  certificateAuthority: string;
};

export type Addon = { name: string; version: string };

export class Eks {
  readonly #client: EKSClient;
  readonly #region: string;

  constructor(wires: Wires, region: string) {
    this.#client = connect(wires, EKSClient, region);
    this.#region = region;
  }

  /** Undefined when there is no such cluster. */
  async cluster(name: string): Promise<ClusterFacts | undefined> {
    try {
      const { cluster } = await this.#client.send(new DescribeClusterCommand({ name }));
      return cluster && facts(cluster, name, this.#region);
    } catch (error) {
      if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  /** Whether Pod Identity gives this service account a role in that cluster. */
  async hasPodIdentity(clusterName: string, namespace: string, serviceAccount: string): Promise<boolean> {
    const { associations } = await this.#client.send(
      new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount }),
    );
    return (associations ?? []).length > 0;
  }

  async addons(clusterName: string): Promise<Addon[]> {
    const { addons } = await this.#client.send(new ListAddonsCommand({ clusterName }));
    const described = await Promise.all(
      (addons ?? []).map((addonName) => this.#client.send(new DescribeAddonCommand({ clusterName, addonName }))),
    );
    return described.map(({ addon }) => ({ name: addon?.addonName ?? '', version: addon?.addonVersion ?? '' }));
  }
}

const facts = (cluster: Cluster, name: string, region: string): ClusterFacts => ({
  name,
  region,
  status: cluster.status ?? 'UNKNOWN',
  version: cluster.version ?? '',
  endpoint: cluster.endpoint ?? '',
  certificateAuthority: cluster.certificateAuthority?.data ?? '',
});
