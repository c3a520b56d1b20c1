import type { Clock } from '../../domain/given.ts';
import { Eks } from '../aws/eks.ts';
import { type Credentials, eksToken } from '../aws/eks-token.ts';
import type { Wires } from '../wires.ts';
import { type ClusterAddress, ClusterApi } from './cluster-api.ts';

export type ClusterName = { name: string; region: string };

const TIMEOUT_MS = 10_000;

/** Opens clusters' APIs with the credentials of whoever this runs as. */
export class Clusters {
  readonly #wires: Wires;
  readonly #clock: Clock;
  readonly #credentials: Credentials;

  constructor(wires: Wires, clock: Clock, credentials: Credentials) {
    this.#wires = wires;
    this.#clock = clock;
    this.#credentials = credentials;
  }

  eks(region: string): Eks {
    return new Eks(this.#wires, region);
  }

  /** Asks EKS for the address first. Undefined while the cluster is not active. */
  async open(cluster: ClusterName): Promise<ClusterApi | undefined> {
    const facts = await this.eks(cluster.region).cluster(cluster.name);
    return facts?.status === 'ACTIVE' ? this.openAt({ ...facts, region: cluster.region }) : undefined;
  }

  /** By an address known ahead, so that no AWS API is needed. */
  async openAt(cluster: ClusterAddress & { region: string }, timeoutMs: number = TIMEOUT_MS): Promise<ClusterApi> {
    const token = await eksToken(cluster.name, cluster.region, this.#credentials, this.#clock.now());
    return new ClusterApi(this.#wires, cluster, token, timeoutMs);
  }
}
